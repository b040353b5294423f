import { type Need, shortOf } from './endpoint-health.ts';
import { Icon } from './Icon.tsx';
import { NeedReason } from './NeedReason.tsx';

/** What an endpoint needs, above what is about it. */
export function NeedBanner({ need }: { readonly need: Need | undefined }) {
  return need === undefined ? null : (
    <p class={need.isFault ? 'banner banner-fault' : need.isSlow === true ? 'banner banner-wait' : 'banner'}>
      <Icon name={need.isFault ? 'alert' : need.isSlow === true ? 'glass' : 'info'} />
      <span>
        {shortOf(need)}
        <NeedReason need={need} />
      </span>
    </p>
  );
}
