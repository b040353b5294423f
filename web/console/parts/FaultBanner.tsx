import { Icon } from './Icon.tsx';

/** What was wrong, across what was tried. */
export function FaultBanner({ words }: { readonly words: string }) {
  return (
    <div role="alert">
      {words === '' ? null : (
        <p class="banner banner-fault">
          <Icon name="alert" />
          <span>{words}</span>
        </p>
      )}
    </div>
  );
}
