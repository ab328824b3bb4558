/** What the build turns JSX into. */
export { createElement as h, Fragment } from "preact";
