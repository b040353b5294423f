import { Icon } from '../../parts/Icon.tsx';

export function Fault({ words }: { readonly words: string }) {
  return (
    <div role="alert">
      {words === '' ? null : (
        <div class="banner banner-fault">
          <Icon name="alert" />
          <span>{words}</span>
        </div>
      )}
    </div>
  );
}
