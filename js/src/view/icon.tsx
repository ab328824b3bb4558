const PATHS = {
  send: "M8 13V3M3.5 7.5 8 3l4.5 4.5",
  stop: "M4.5 4.5h7v7h-7z",
  copy: "M6 6h7v7H6zM3 10V3h7",
  done: "m3.5 8.5 3 3 6-7",
  edit: "m3 13 .6-2.8L10.4 3.4l2.2 2.2L5.8 12.4z",
  retry: "M12.5 8A4.5 4.5 0 1 1 11 4.650M12.5 2.5v3h-3",
  down: "M8 3v10M3.5 8.5 8 13l4.5-4.5",
  clear: "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 8.5h6l.5-8.5",
  back: "m10 4-4 4 4 4",
  chevron: "m6 4 4 4-4 4",
  close: "m4 4 8 8M12 4l-8 8",
  alert: "M8 2.5 14 13H2zM8 6.5v3M8 11.2v.3",
} as const;

/** A line drawing in the colour of the text around it. */
export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="ipytalk-icon" data-icon={name} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
