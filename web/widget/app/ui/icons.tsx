// Drawn on a grid of 24, in the colour of the text around them.
const PATHS = {
  close: 'M6 6l12 12M18 6L6 18',
  down: 'M6 9l6 6 6-6',
  more: 'M12 5.5v.01M12 12v.01M12 18.5v.01',
  send: 'M4.5 12 3 4.5 21 12 3 19.5 4.5 12Zm0 0H12',
  clip: 'M20 11.5l-8 8a5 5 0 0 1-7.1-7.1l8.4-8.4a3.3 3.3 0 0 1 4.7 4.7l-8.4 8.4a1.6 1.6 0 0 1-2.3-2.3l7.6-7.6',
  smile: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8.5 14.5c1.9 2.3 5.1 2.3 7 0M9 9.5v.01M15 9.5v.01',
  star: 'M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9L12 16.9l-5.2 2.8 1-5.9-4.3-4.1 5.9-.8L12 3.5Z',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3 2',
  warning: 'M12 4 2.5 20h19L12 4ZM12 10v4.5M12 17.3v.01',
  file: 'M7 3h7l4 4v14H7V3ZM14 3v4h4',
  mail: 'M3.5 6h17v12h-17V6Zm0 .5L12 13l8.5-6.5',
};

export function Icon({ name }: { readonly name: keyof typeof PATHS }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
