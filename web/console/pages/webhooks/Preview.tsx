import type { Tested } from '../../live/crm.ts';
import type { Dialect, Kind, Signing } from '../../live/endpoints.ts';
import { Copy } from '../../parts/Copy.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { Json } from '../../parts/Json.tsx';
import { t } from '../../texts.ts';
import { Answer } from './Answer.tsx';

interface Props {
  readonly url: string;
  readonly dialect: Dialect;
  readonly signing: Signing;
  readonly hasToken: boolean;
  /** Those that the dialect has words for. */
  readonly kinds: readonly Kind[];
  readonly shown: string;
  readonly show: (kind: string) => void;
  readonly tested: Tested | undefined;
}

type Line = readonly [name: string, value: string];

/** Where in its host a URL leads. */
function pathOf(url: string): string {
  try {
    const { pathname, search } = new URL(url);
    return `${pathname}${search}`;
  } catch {
    return '/';
  }
}

/** What is in the place of what only a delivery has. */
const SOME = '…';

/** The lines before the body, as the server sends them. */
function linesOf({ url, dialect, signing, hasToken }: Props, kind: string): readonly Line[] {
  const token: readonly Line[] = hasToken ? [['x-rocketchat-livechat-token', '••••']] : [];
  const signature: readonly Line[] = signing === 'none' ? [] : [['webhook-signature', `${signing},${SOME}`]];
  return [
    ['POST', pathOf(url)],
    ...token,
    ['content-type', dialect === 'comm100' ? 'application/json; charset=utf-8' : 'application/json'],
    ['webhook-id', `msg_${SOME}`],
    ['webhook-timestamp', String(Math.floor(Date.now() / 1000))],
    ...signature,
    ['hark-event', kind],
    ['hark-sequence', '1'],
    ['hark-attempt', '1'],
  ];
}

/** A request as it will be sent, and what came of a test. */
export function Preview(props: Props) {
  const { dialect, kinds, shown, show, tested } = props;
  const kind = kinds.find(({ name }) => name === shown) ?? kinds[0];
  const body = kind?.dialects[dialect]?.example;
  return (
    <div class="right">
      <header>
        <h2>{t('requestPreview')}</h2>
        <select class="input mono" aria-label={t('event')} value={kind?.name} onChange={(event) => show(event.currentTarget.value)}>
          {kinds.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
        <span class="push" />
        {body === undefined ? null : <Copy text={JSON.stringify(body, undefined, 2)} isSign />}
      </header>
      {kind === undefined ? null : (
        <>
          <p class="meta preview-when" lang="en">
            {kind.summary}
          </p>
          <dl class="heads">
            {linesOf(props, kind.name).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <Json value={body} label={t('requestPreview')} />
        </>
      )}
      {tested === undefined ? (
        <div class="empty preview-test">
          <Icon name="send" size={20} turns />
          <p>{t('sendTestMore')}</p>
        </div>
      ) : (
        <Answer tested={tested} />
      )}
    </div>
  );
}
