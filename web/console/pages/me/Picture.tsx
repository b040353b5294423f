import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

import { calledAs, type Me } from '../../api/documents.ts';
import { removePicture } from '../../live/profile.ts';
import { complain, say } from '../../live/toasts.ts';
import { Avatar } from '../../parts/Avatar.tsx';
import { FaultLine } from '../../parts/FaultLine.tsx';
import { t } from '../../texts.ts';
import { useAttempt } from '../../parts/attempt.ts';
import { Crop } from './Crop.tsx';

/** What one shows in place of one's initials. */
export function Picture({ own }: { readonly own: Me }) {
  const picker = useRef<HTMLInputElement>(null);
  const chosen = useSignal<ImageBitmap | undefined>(undefined);
  const { fault, run } = useAttempt();
  const look = async (file: File | undefined): Promise<void> => {
    if (file !== undefined) {
      try {
        chosen.value = await createImageBitmap(file);
      } catch {
        complain(t('noPicture'));
      }
    }
  };
  const remove = (): void =>
    run(async () => {
      await removePicture();
      say(t('savedIt'));
    });
  return (
    <>
      <div class="line own-picture">
        <Avatar name={calledAs(own)} username={own.username} size={64} />
        <button type="button" class="button small" onClick={() => picker.current?.click()}>
          {t('choosePicture')}
        </button>
        {own.avatarETag === undefined ? null : (
          <button type="button" class="button small" onClick={remove}>
            {t('removePicture')}
          </button>
        )}
        <input
          ref={picker}
          type="file"
          hidden
          aria-label={t('choosePicture')}
          accept="image/png,image/jpeg,image/gif,image/webp"
          onChange={(event) => {
            void look(event.currentTarget.files?.[0]);
            // The same one may be chosen again.
            event.currentTarget.value = '';
          }}
        />
      </div>
      <p class="meta">{t('pictureMore')}</p>
      <FaultLine words={fault.value} />
      {chosen.value === undefined ? null : (
        <Crop
          picture={chosen.value}
          close={() => {
            chosen.peek()?.close();
            chosen.value = undefined;
          }}
        />
      )}
    </>
  );
}
