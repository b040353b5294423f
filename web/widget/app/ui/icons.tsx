// Drawn on a grid of 16, in the colour of the text around them.
const RING = 'M14.2 8A6.2 6.2 0 1 1 1.8 8a6.2 6.2 0 0 1 12.4 0Z';

const PATHS = {
  down: 'm4 6 4 4 4-4',
  back: 'M10 4 6 8l4 4',
  shut: 'm3.5 6 4.5 4.5L12.5 6',
  again: 'M13.2 8A5.2 5.2 0 1 1 11.5 4.1M13.2 2v3h-3',

  cross: 'm4 4 8 8M12 4l-8 8',
  more: 'M3.5 8v.01M8 8v.01M12.5 8v.01',
  send: 'M3 8 2 3l12 5-12 5ZM3 8h5',
  clip: 'm13.2 7.4-5.3 5.2a3.3 3.3 0 0 1-4.6-4.6l5.3-5.3a2.2 2.2 0 0 1 3.1 3.1l-5 4.9a1 1 0 0 1-1.5-1.5l4.4-4.4',
  smile: `${RING}M5.5 9.6c1.2 1.7 3.8 1.7 5 0M6 6.3v.01M10 6.3v.01`,
  star: 'm8 1.9 1.9 3.9 4.2.6-3.1 3 .8 4.3L8 11.6l-3.8 2.1.8-4.3-3.1-3 4.2-.6Z',
  check: 'm3.5 8.6 3 3 6-7',
  clock: `${RING}M8 4.6V8l2.3 1.4`,
  warning: 'M8 2.3 1.6 13.4h12.8ZM8 6.4v3.2M8 11.5v.01',
  save: 'M8 2.3v7.7M4.7 7 8 10.3 11.3 7M2.8 13.5h10.4',
  sound:
    'M2.3 6.2v3.6h2.5L8.2 12.8V3.2L4.8 6.2ZM10.6 5.8a3.2 3.2 0 0 1 0 4.4M12.4 3.9a5.8 5.8 0 0 1 0 8.2',
  mail: 'M3 3.3h10a1.2 1.2 0 0 1 1.2 1.2v7a1.2 1.2 0 0 1-1.2 1.2H3a1.2 1.2 0 0 1-1.2-1.2v-7A1.2 1.2 0 0 1 3 3.3ZM2.2 4.4 8 8.9l5.8-4.5',
  swap: 'M2.3 5.3h11.4M10.9 2.5l2.8 2.8-2.8 2.8M13.7 11H2.3M5.1 8.2 2.3 11l2.8 2.8',
  end: `${RING}M5.3 8.3l1.9 1.9 3.5-4.1`,
  bin: 'M2.4 4.3h11.2M5.9 4.3V2.6h4.2v1.7M3.9 4.3l.6 9.3h7l.6-9.3M6.7 7v4M9.3 7v4',
};

export type IconName = keyof typeof PATHS;

export function Icon({ name, small = false }: { readonly name: IconName; readonly small?: boolean }) {
  return (
    <svg
      class={`icon icon-${name}${small ? ' small' : ''}`}
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
