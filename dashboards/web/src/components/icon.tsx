const PATHS = {
  check: "M3.5 8.5l3 3 6-7",
  limit: "M2.5 4h11M5 13V9M8 13V7M11 13V8",
  warning: "M8 2.5l6 11H2zM8 6.5v3.2M8 11.6v.1",
  stop: "M5.2 2h5.6L14 5.2v5.6L10.8 14H5.2L2 10.8V5.2zM5.5 8h5",
  offline: "M2.5 2.5l11 11M4 7.2A6 6 0 0 1 6 6M10 6a6 6 0 0 1 2 1.2M6 9.6a3 3 0 0 1 4 0M8 12.4v.1",
  dots: "M3.5 8v.1M8 8v.1M12.5 8v.1",
  bolt: "M9 1.8L3.8 9H8l-1 5.2L12.2 7H8z",
  plug: "M5.5 2v3.5M10.5 2v3.5M4 5.5h8v2a4 4 0 0 1-8 0zM8 11.5V14",
  empty: "M8 3.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6z",
  question: "M6 6a2 2 0 1 1 2.8 1.9c-.6.3-.8.7-.8 1.4M8 11.9v.1",
  clock: "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM8 5v3.2l2 1.3",
  lock: "M4.5 7.5h7v6h-7zM6 7.5V5a2 2 0 0 1 4 0v2.5",
  shield: "M8 2l5 2v3.5c0 3-2 5.4-5 6.5-3-1.1-5-3.5-5-6.5V4z",
} as const;

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** A small drawing beside a text that says the same: it is hidden from screen readers. */
export const Icon = ({ name }: { readonly name: IconName }) => (
  <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
    <path d={PATHS[name]} />
  </svg>
);
