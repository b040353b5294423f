import { address, place } from '../place.ts';

interface Props {
  readonly label: string;
  readonly tabs: readonly (readonly [path: string, name: string])[];
}

/** Pages of the same matter. */
export function Tabs({ label, tabs }: Props) {
  const { path } = place.value;
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(([to, name]) => (
        <a key={to} href={address(to)} data-inside {...(path === to || path.startsWith(`${to}/`) ? ({ 'aria-current': 'page' } as const) : {})}>
          {name}
        </a>
      ))}
    </nav>
  );
}
