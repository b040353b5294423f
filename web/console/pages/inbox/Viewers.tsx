import { typing } from '../../live/typing.ts';
import { viewers } from '../../live/viewers.ts';
import { Avatar } from '../../parts/Avatar.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { count, listed, t } from '../../texts.ts';
import { isWide } from '../../width.ts';
import { Dots } from './ListRow.tsx';

/** So many have a picture. */
const MOST = 3;

/** Colleagues who have this chat open, and who of them write in it. */
export function Viewers({ rid }: { readonly rid: string }) {
  const all = viewers.value;
  const [first] = all;
  if (first === undefined) {
    return null;
  }
  const names = all.map(({ name }) => name);
  const replying = typing.value.get(rid) ?? [];
  const writing = all.filter(({ username, writes }) => writes || replying.includes(username)).map(({ name }) => name);
  const words = [
    count('haveItOpen', names.length, { names: listed(names) }),
    ...writing.map((name) => t('typingNow', { name })),
  ].join('. ');
  return (
    <span class="viewers meta" title={words}>
      <Icon name="eye" />
      <span class="unseen">{words}</span>
      <span class="stack" aria-hidden="true">
        {all.slice(0, MOST).map(({ id, name }) => (
          <Avatar key={id} name={name} size={22} />
        ))}
      </span>
      {isWide.value ? (
        <bdi class="cut-text" aria-hidden="true">
          {all.length === 1 ? first.name.split(' ')[0] : all.length}
        </bdi>
      ) : null}
      {writing.length > 0 ? <Dots /> : null}
    </span>
  );
}
