import { paletteIsShown } from '../../commands.ts';
import { may } from '../../live/people.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Key } from '../../parts/Key.tsx';
import { LetIn } from '../../parts/LetIn.tsx';
import { address } from '../../place.ts';
import { t } from '../../texts.ts';
import { isNarrow } from '../../width.ts';

/** The address of a chat that is not there for the one who looks, and where it may be found. */
export function Missing() {
  const Heading = isNarrow.value ? 'h1' : 'h2';
  return (
    <main id="main" tabIndex={-1} class="nothing">
      <Heading>{t('noChat')}</Heading>
      <p>
        {t('noChatMore')} {may('view-livechat-rooms') ? null : <LetIn permission="view-livechat-rooms" />}
      </p>
      <div class="line">
        {may('view-l-room') ? (
          <button
            type="button"
            class="button"
            onClick={() => {
              paletteIsShown.value = true;
            }}
          >
            <Icon name="search" />
            <span>{t('searchAll')}</span>
            <Key keys="mod K" />
          </button>
        ) : null}
        <a class="button" href={address('/inbox')} data-inside>
          {t('toInbox')}
        </a>
      </div>
    </main>
  );
}
