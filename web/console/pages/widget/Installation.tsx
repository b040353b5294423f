import './widget.css';

import { useEffect } from 'preact/hooks';

import { readSites } from '../../live/appearance.ts';
import { may } from '../../live/people.ts';
import { SNIPPET, TRIAL } from '../../live/setup.ts';
import { Copy } from '../../parts/Copy.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { NotRead } from '../../parts/NotRead.tsx';
import { useReading } from '../../parts/reading.ts';
import { SnippetCode } from '../../parts/SnippetCode.tsx';
import { address } from '../../place.ts';
import { t } from '../../texts.ts';
import { SeenSites } from './SeenSites.tsx';

const FOLDER = SNIPPET.address.replace(/\/widget\.js$/, '');
const { origin } = new URL(FOLDER);

/** For sites that have Rocket.Chat's calls in their pages. */
const CALLS = `<script>
(function (page, name, url) {
  page[name] = function (call) { page[name]._.push(call); };
  page[name]._ = [];
  page[name].url = url;
  var first = document.getElementsByTagName('script')[0];
  var script = document.createElement('script');
  script.async = true;
  script.src = url + '/rocketchat-livechat.min.js';
  first.parentNode.insertBefore(script, first);
})(window, 'RocketChat', '${FOLDER}');
</script>`;

const POLICY = `Content-Security-Policy:
  script-src 'nonce-…' 'strict-dynamic';
  connect-src ${origin};
  frame-src ${origin}`;

function Code({ text }: { readonly text: string }) {
  return (
    <div class="snippet">
      <pre class="code" tabIndex={0}>
        <code>{text}</code>
      </pre>
      <Copy text={text} />
    </div>
  );
}

/** How the widget comes onto a site. */
export function Installation() {
  const sites = useReading(readSites);
  useEffect(() => {
    document.title = `${t('placeInstallation')} · Hark`;
  }, []);
  return (
    <main id="main" tabIndex={-1} class="page wg-install">
      <header class="page-head">
        <h1>{t('placeInstallation')}</h1>
        <span class="push" />
        <a class="button" href={TRIAL} target="_blank" rel="noopener">
          <Icon name="out" turns />
          <span>{t('tryWidget')}</span>
        </a>
      </header>
      <div class="page-body">
        <section>
          <h2>{t('snippetTitle')}</h2>
          <p class="quiet">{t('snippetMore')}</p>
          <SnippetCode />
        </section>
        <section>
          <h2>{t('sitesTitle')}</h2>
          {sites.error === undefined ? null : <NotRead error={sites.error} again={() => void sites.again()} />}
          {sites.value === undefined ? null : sites.value.length === 0 ? (
            <p>{t('allSites')}</p>
          ) : (
            <ul class="wg-sites">
              {sites.value.map((site) => (
                <li key={site}>
                  <Icon name="globe" />
                  <bdi dir="ltr">{site}</bdi>
                </li>
              ))}
            </ul>
          )}
          {may('view-privileged-setting') ? (
            <p>
              <a href={address('/admin/settings?q=Livechat_AllowedDomainsList')} data-inside>
                {t('changeSites')}
              </a>
            </p>
          ) : null}
        </section>
        <SeenSites />
        <section>
          <h2>{t('withCalls')}</h2>
          <p class="quiet">{t('withCallsMore')}</p>
          <Code text={CALLS} />
        </section>
        <section>
          <h2>{t('withPolicy')}</h2>
          <p class="quiet">{t('withPolicyMore')}</p>
          <Code text={POLICY} />
        </section>
      </div>
    </main>
  );
}
