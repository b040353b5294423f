import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import type { Message } from '../../api/documents.ts';
import { bytesOf } from '../../live/files.ts';
import { Icon } from '../../parts/Icon.tsx';
import { bytes, t } from '../../texts.ts';

/** The files of a message, which only those who are in its chat may have. */
export function Files({ message }: { readonly message: Message }) {
  return (
    <>
      {message.attachments
        ?.filter((attachment) => attachment.title_link !== undefined)
        .map((attachment) => (
          <File
            key={attachment.title_link}
            name={attachment.title ?? ''}
            path={attachment.title_link ?? ''}
            picture={attachment.image_url}
            size={attachment.image_size ?? attachment.size ?? message.file?.size}
          />
        ))}
    </>
  );
}

interface Props {
  readonly name: string;
  readonly path: string;
  readonly picture: string | undefined;
  readonly size: number | undefined;
}

function File({ name, path, picture, size }: Props) {
  const shown = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const look = async (of: string): Promise<void> => {
      shown.value = await bytesOf(of).catch(() => undefined);
    };
    if (picture !== undefined) {
      void look(picture);
    }
  }, [picture]);
  const save = async (): Promise<void> => {
    const link = document.createElement('a');
    link.href = await bytesOf(path);
    link.download = name;
    link.click();
  };
  return (
    <div class="photo">
      {picture === undefined ? (
        <span class="file-icon">
          <Icon name="doc" />
        </span>
      ) : (
        <span class="picture">{shown.value === undefined ? null : <img src={shown.value} alt="" />}</span>
      )}
      <div class="about">
        <bdi class="cut-text">{name}</bdi>
        {size === undefined ? null : <span class="meta">{bytes(size)}</span>}
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label={t('saveFile', { name })}
        title={t('saveFile', { name })}
        onClick={() => void save()}
      >
        <Icon name="download" />
      </button>
    </div>
  );
}
