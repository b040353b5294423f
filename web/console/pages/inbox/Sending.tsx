import { drop, sendAgain, type Upload } from '../../live/uploads.ts';
import { Icon } from '../../parts/Icon.tsx';
import { bytes, t } from '../../texts.ts';

/** A file on its way, or one that did not come through. */
export function Sending({ upload }: { readonly upload: Upload }) {
  const { file, progress, fault } = upload;
  return (
    <li class="entry own">
      <div class="says">
        <div class={fault === undefined ? 'photo' : 'photo is-failed'}>
          <span class="file-icon">
            <Icon name="doc" />
          </span>
          <div class="about">
            <bdi class="cut-text">{file.name}</bdi>
            {fault === undefined ? (
              <progress max={1} value={progress} aria-label={t('sendingFile', { name: file.name })} />
            ) : (
              <span class="meta">{bytes(file.size)}</span>
            )}
          </div>
          {fault === undefined ? (
            <button type="button" class="icon-button" aria-label={t('cancel')} title={t('cancel')} onClick={upload.cancel}>
              <Icon name="x" />
            </button>
          ) : null}
        </div>
        {fault === undefined ? null : (
          <span class="when line fault">
            <Icon name="alert" size={14} />
            {t('notSent', { reason: fault })}
            <button type="button" class="link-button" onClick={() => sendAgain(upload)}>
              {t('tryAgain')}
            </button>
            <button type="button" class="link-button" onClick={() => drop(upload.id)}>
              {t('discard')}
            </button>
          </span>
        )}
      </div>
    </li>
  );
}
