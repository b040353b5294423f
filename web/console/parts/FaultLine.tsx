import { Icon } from './Icon.tsx';

/** What was wrong, beside what was tried. */
export function FaultLine({ words }: { readonly words: string }) {
  return (
    <div role="alert">
      {words === '' ? null : (
        <p class="error">
          <Icon name="alert" />
          {words}
        </p>
      )}
    </div>
  );
}
