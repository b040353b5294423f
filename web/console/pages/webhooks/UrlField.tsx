import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { millis } from '../../api/documents.ts';
import { type Looked, lookAt } from '../../live/endpoints.ts';
import { Field } from '../../parts/Field.tsx';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { detailOf, isNoUrl, privateIn } from '../../parts/endpoint-health.ts';
import { answerName } from '../../parts/outcome.ts';
import { dateOf, t } from '../../texts.ts';

/** What is typed settles before the server looks where it leads. */
const SETTLED_MS = 500;

export const isAddress = (url: string): boolean => /^https?:\/\/[^/\s]+/.test(url);

/** Of one that is not typed to its end. */
const isBegun = (url: string): boolean => ['https://', 'http://'].some((one) => one.startsWith(url.toLowerCase()));

interface Props {
  readonly label: string;
  readonly value: string;
  readonly isChanged: boolean;
  /** Nothing where it is changed elsewhere. */
  readonly change?: (url: string) => void;
  /** What is wrong with the one that is saved. */
  readonly complaint: string | null;
  readonly error: string;
}

/** Where events go, and what is there, as soon as it is typed. */
export function UrlField({ label, value, isChanged, change, complaint, error }: Props) {
  const url = value.trim();
  const looked = useSignal<Looked | 'looking' | undefined>(undefined);
  useEffect(() => {
    looked.value = undefined;
    if (!isAddress(url)) {
      return undefined;
    }
    let isOver = false;
    const look = async (): Promise<void> => {
      looked.value = 'looking';
      const found = await lookAt(url).catch(() => undefined);
      if (!isOver) {
        looked.value = found;
      }
    };
    const timer = setTimeout(() => void look(), isChanged ? SETTLED_MS : 0);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [url]);
  const found = looked.value;
  const known = isChanged ? null : complaint;
  const objection = typeof found === 'object' ? found.complaint : known;
  const isWrong = isChanged && url.includes('://') && !isAddress(url) && !isBegun(url);
  return (
    <Field
      label={label}
      error={error !== '' ? error : isWrong ? t('badUrl') : objection === null ? null : <Refusal complaint={objection} />}
      help={
        <span role="status" class="looked">
          <Help found={found} />
        </span>
      }
      isChanged={isChanged}
      control={(given) => (
        <input
          {...given}
          class={`${given.class} mono`}
          type="url"
          spellcheck={false}
          placeholder="https://"
          readOnly={change === undefined}
          value={value}
          onInput={(event) => change?.(event.currentTarget.value)}
        />
      )}
    />
  );
}

/** Why nothing would be sent there, first in the words of whoever looks, then in those of the server. */
function Refusal({ complaint }: { readonly complaint: string }) {
  const words = (
    <bdi dir="ltr" lang="en">
      {complaint}
    </bdi>
  );
  return privateIn(complaint) === undefined ? (
    <span>{isNoUrl(complaint) ? t('badUrl') : words}</span>
  ) : (
    <span>
      {t('urlIsPrivate')} ({words})
    </span>
  );
}

function Help({ found }: { readonly found: Looked | 'looking' | undefined }) {
  if (found === undefined) {
    return null;
  }
  if (found === 'looking') {
    return t('urlLooking');
  }
  if (found.complaint !== null || found.reached === null) {
    return null;
  }
  if (!found.reached) {
    return (
      <>
        <Mark state="waiting" size={14} />
        <span class="wait">
          {found.error === null ? '' : answerName(found.error)}
          {found.detail === null ? null : (
            <>
              :{' '}
              <bdi dir="ltr" lang="en">
                {detailOf(found.detail)}
              </bdi>
            </>
          )}
          . {t('urlLater')}
        </span>
      </>
    );
  }
  const address = found.address ?? '';
  const words =
    found.certificateUntil === null
      ? t('urlPlain', { address })
      : t('urlGood', { address, date: dateOf(millis(found.certificateUntil)) });
  return (
    <>
      <Icon name="check" size={14} />
      <span>
        {words}
        {found.isPublic === false ? `. ${t('urlLetThrough')}` : ''}
      </span>
    </>
  );
}
