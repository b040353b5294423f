// Verifies deliveries as a receiver in Node would, with the published package and, for `v1a`,
// which no published package knows, with the lines that our documentation shows.
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';

function verifyV1a(publicKey, headers, body) {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = headers;
  if (!(Math.abs(Date.now() / 1000 - Number(at)) <= 300)) throw new Error('too old or too new');
  const head = Buffer.from('302a300506032b6570032100', 'hex'); // "an Ed25519 key follows"
  const der = Buffer.concat([head, Buffer.from(publicKey.replace('whpk_', ''), 'base64')]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  const signed = Buffer.concat([Buffer.from(`${id}.${at}.`), body]);
  const entries = signatures.split(' ').filter((entry) => entry.startsWith('v1a,'));
  if (!entries.some((entry) => verify(null, signed, key, Buffer.from(entry.slice(4), 'base64'))))
    throw new Error('no signature matches');
  return JSON.parse(body);
}

const verdicts = JSON.parse(readFileSync(0, 'utf8')).map(({ key, headers, body }) => {
  const bytes = Buffer.from(body);
  try {
    const told = key.startsWith('whpk_')
      ? verifyV1a(key, headers, bytes)
      : new Webhook(key).verify(bytes, headers);
    return { type: told.type };
  } catch (error) {
    return { error: error.message };
  }
});
process.stdout.write(JSON.stringify(verdicts));
