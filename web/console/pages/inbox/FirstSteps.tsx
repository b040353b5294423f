import '../../parts/steps.css';
import './first-steps.css';

import type { ComponentChildren } from 'preact';

import { agents, departments, may, me } from '../../live/people.ts';
import { Icon, Mark } from '../../parts/Icon.tsx';
import { SnippetCode } from '../../parts/SnippetCode.tsx';
import { address } from '../../place.ts';
import { number, t } from '../../texts.ts';

/** What is left to do before the first chat. */
export function FirstSteps() {
  const own = me.value;
  const [first] = departments.value;
  const answers = first !== undefined && agents.value.length > 0;
  const hasColleagues = agents.value.some(({ _id }) => _id !== own?._id);
  return (
    <main id="main" tabIndex={-1} class="steps">
      <div class="first-steps">
        <h2>{t('firstSteps', { name: own?.name ?? own?.username ?? '' })}</h2>
        <p class="lead">{t('firstStepsMore')}</p>
        <ol>
          <Step
            at={1}
            isDone={answers}
            title={first === undefined ? t('firstDepartment') : t('departmentIs', { name: first.name })}
            more={t('departmentMore')}
          >
            <a class="button small" href={address('/setup')} data-inside>
              {t(answers ? 'edit' : 'setUp')}
            </a>
          </Step>
          <Step at={2} title={t('snippetTitle')} more={t('snippetMore')}>
            <SnippetCode />
          </Step>
          <Step at={3} title={t('tryWaits')} more={t('yourselfMore')}>
            <a class="button primary" href={address('/setup/try')} data-inside>
              <Icon name="out" turns />
              {t('openTrial')}
            </a>
          </Step>
          <Step at={4} title={t('tellCrm')} more={t('tellCrmMore')}>
            <a class="button" href={address('/webhooks/crm')} data-inside>
              {t('addCrm')}
            </a>
          </Step>
          <Step at={5} isDone={hasColleagues} title={t('inviteColleagues')} more={t('inviteColleaguesMore')}>
            <a class="button" href={address(may('view-user-administration') ? '/admin/users' : '/admin/agents')} data-inside>
              {t('invite')}
            </a>
          </Step>
        </ol>
      </div>
    </main>
  );
}

interface Props {
  readonly at: number;
  readonly isDone?: boolean;
  readonly title: string;
  readonly more: string;
  readonly children: ComponentChildren;
}

function Step({ at, isDone = false, title, more, children }: Props) {
  return (
    <li>
      {isDone ? <Mark state="delivered" label={t('stepDone')} size={22} /> : <span class="step-number">{number(at)}</span>}
      <div>
        <h3>{title}</h3>
        <p>{more}</p>
      </div>
      {children}
    </li>
  );
}
