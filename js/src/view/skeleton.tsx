import "./skeleton.css";

/** Where an answer will stand, until its first text. */
export function Skeleton() {
  return (
    <div class="ipytalk-skeleton" aria-hidden="true">
      <i />
      <i />
      <i />
    </div>
  );
}
