// Reads an OpenAPI document and prints what the published validator has to say of it, as JSON: nothing, when
// all is well. Its recommended rules, those for examples among them; its warnings count as well.
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { text } from 'node:stream/consumers';

// Rocket.Chat has had this path beside `livechat/upload/{rid}` and others, where the longer word wins.
const ROCKETCHAT = '`/api/v1/livechat/{rid}/messages`';

const config = await createConfig({ extends: ['recommended'] });
const found = await lintFromString({ source: await text(process.stdin), config });
const faults = found.filter(
  ({ ruleId, message }) => ruleId !== 'no-ambiguous-paths' || !message.includes(ROCKETCHAT),
);
const line = ({ ruleId, severity, message, location }) =>
  `${severity} ${ruleId} ${location[0]?.pointer ?? ''}: ${message}`;
process.stdout.write(JSON.stringify(faults.map(line)));
