import './data.css';

import { calledAs, millis, type Moment } from '../../api/documents.ts';
import { type Conversation, readLatest } from '../../live/conversations.ts';
import { type Field, readFields } from '../../live/fields.ts';
import { may } from '../../live/people.ts';
import { readVisitor } from '../../live/visitors.ts';
import { Drawer } from '../../parts/Drawer.tsx';
import type { Ways } from '../../parts/ListPage.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { useReading } from '../../parts/reading.ts';
import { Skeleton } from '../../parts/Skeleton.tsx';
import { address } from '../../place.ts';
import { count, t, when } from '../../texts.ts';
import { VisitorExport } from './VisitorExport.tsx';

/** Of a visitor's chats so many are shown. */
const SHOWN = 50;

interface Props {
  readonly id: string;
  readonly ways: Ways;
}

const day = (at: Moment): string => when(millis(at), Date.now());

/** Who a visitor is, and their chats. */
export function VisitorDrawer({ id, ways }: Props) {
  const read = useReading(async () => {
    const [visitor, fields, chats] = await Promise.all([readVisitor(id), readFields(), readLatest({ visitor: id }, SHOWN)]);
    return { visitor, fields, chats };
  }, id);
  if (read.value === undefined) {
    return (
      <Drawer title={t('visitor')} close={ways.close}>
        {read.error === undefined ? <Skeleton rows={6} /> : <NotRead error={read.error} again={() => void read.again()} />}
      </Drawer>
    );
  }
  const { visitor, fields, chats } = read.value;
  const custom = fields.filter(({ scope }) => scope === 'visitor');
  const facts: readonly (readonly [string, string | undefined])[] = [
    [t('email'), visitor.visitorEmails?.map((email) => email.address).join(', ')],
    [t('phone'), visitor.phone?.map(({ phoneNumber }) => phoneNumber).join(', ')],
    ...custom.map(({ _id, label }: Field) => [label, visitor.livechatData?.[_id]] as const),
    [t('visitorSite'), visitor.host],
    [t('address'), visitor.ip],
    [t('browser'), visitor.userAgent],
    [t('firstSeen'), day(visitor.ts)],
  ];
  return (
    <Drawer title={calledAs(visitor)} close={ways.close} step={ways.step}>
      <dl class="data-facts">
        {facts.map(([what, value]) =>
          value === undefined || value === '' ? null : (
            <div key={what}>
              <dt>{what}</dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ),
        )}
      </dl>
      {visitor.contactId === undefined || !may('view-livechat-contact') ? null : (
        <p>
          <a href={address(`/admin/contacts/${visitor.contactId}`)} data-inside>
            {t('toContact')}
          </a>
        </p>
      )}
      <Chats chats={chats} />
      {may('send-omnichannel-chat-transcript') ? <VisitorExport id={id} name={calledAs(visitor)} /> : null}
      {may('remove-closed-livechat-room') ? (
        <p>
          <a class="button" href={address(`/admin/erase/${id}`)} data-inside>
            {t('eraseOne', { name: calledAs(visitor) })}
          </a>
        </p>
      ) : null}
    </Drawer>
  );
}

function Chats({ chats }: { readonly chats: readonly Conversation[] }) {
  return (
    <section aria-label={t('chats')}>
      <h3>{t('chats')}</h3>
      {chats.length === 0 ? <p class="quiet">{t('noEarlierChats')}</p> : null}
      <ul class="data-rows">
        {chats.map(({ id, topic, tags, messages, startedAt }) => (
          <li key={id}>
            <a class="cut-text" href={address(`/inbox/${id}`)} data-inside>
              <bdi>{topic ?? (tags.join(', ') || t('theChat'))}</bdi>
            </a>
            <span class="quiet num">{count('messages', messages)}</span>
            <span class="meta quiet num">{when(millis(startedAt), Date.now())}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
