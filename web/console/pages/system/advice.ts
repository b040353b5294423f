// What to do about what the server has found.
import { millis } from '../../api/documents.ts';
import type { Finding, Health } from '../../live/health.ts';
import { count, duration, t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';

export interface Advice {
  readonly key: string;
  readonly what: string;
  /** The server's own words of it, which are English. */
  readonly said?: string;
  readonly todo: string;
  /** A page on which something is done about it. */
  readonly page?: string;
}

const ENDPOINTS = '/webhooks/endpoints';
const MAIL = '/admin/mail';

/** What is said of each kind that there is once, and where something is done about it. */
const KINDS: Readonly<Record<string, readonly [what: TextKey, todo: TextKey, page?: string]>> = {
  'writes-refused': ['writesRefused', 'writesRefusedDo'],
  'disk-nearly-full': ['diskNearlyFull', 'diskNearlyFullDo'],
  'clock-in-doubt': ['clockInDoubt', 'clockInDoubtDo'],
  'mail-failing': ['mailFails', 'mailFailsDo', MAIL],
  'mailbox-failing': ['inboxesFail', 'inboxesFailDo'],
  'nothing-sent': ['sendsNothing', 'sendsNothingDo'],
  'no-backup': ['noBackup', 'noBackupDo'],
  'mail-not-set-up': ['mailNotSetUp', 'mailNotSetUpDo', MAIL],
};

function adviceOf({ kind, subject, detail }: Finding, { findings, webhooks }: Health): Advice {
  const said = detail === null ? {} : { said: detail };
  // All endpoints that are disabled are said at once, and all that are behind.
  if (kind === 'endpoint-disabled') {
    const many = findings.filter((one) => one.kind === kind).length;
    return { key: kind, what: count('endpointsDisabled', many), todo: t('endpointsDisabledDo'), page: ENDPOINTS };
  }
  if (kind === 'endpoint-behind') {
    const waited = webhooks.oldestAt === null ? 0 : Date.now() - millis(webhooks.oldestAt);
    return { key: kind, what: t('deliveriesBehind', { time: duration(waited) }), todo: t('deliveriesBehindDo'), page: ENDPOINTS };
  }
  if (kind === 'job-failing') {
    return { key: `${kind} ${subject}`, what: t('jobFails', { name: subject ?? '' }), todo: t('jobFailsDo'), ...said };
  }
  const [what, todo, page] = KINDS[kind] ?? [];
  // One of a later version is said by its own name.
  return {
    key: kind,
    what: what === undefined ? kind : t(what),
    todo: todo === undefined ? '' : t(todo),
    ...said,
    ...(page === undefined ? {} : { page }),
  };
}

/** The worst first, each once. */
export function advised(health: Health): readonly Advice[] {
  const all = health.findings.map((finding) => adviceOf(finding, health));
  return all.filter(({ key }, at) => all.findIndex((one) => one.key === key) === at);
}
