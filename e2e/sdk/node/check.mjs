// What every suite needs: the variables it is started with (see the package doc of
// e2e/clients), the line that a check prints, and a look at what the provider received.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const { GATEWAY, KEY, UPSTREAM } = process.env;
export const SHORT = Boolean(process.env.SHORT);
const MODELS = JSON.parse(process.env.MODELS);

// FAMILIES may be fewer while one looks for a fault: FAMILIES=gemini,bedrock.
export const FAMILIES = process.env.FAMILIES?.split(',') ?? Object.keys(MODELS);

// model is the name of one at a family, for which the scenario happens.
export const model = (family, scenario) => MODELS[family] + scenario;

// load imports a package from where the packages are, by the conditions of an application's
// own import.
export async function load(name) {
  const dir = process.env.SDK_MODULES;
  const words = name.split('/'), own = words.splice(0, name[0] === '@' ? 2 : 1).join('/');
  const home = join(dir, 'node_modules', own);
  const about = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const entry = pick(about.exports?.[['.', ...words].join('/')] ?? about.exports) ?? createRequire(dir + '/').resolve(name).slice(home.length + 1);
  return import(pathToFileURL(join(home, entry)));
}

function pick(e) {
  if (e == null || typeof e === 'string') return e ?? undefined;
  for (const [k, v] of Object.entries(e)) {
    if (k === 'import' || k === 'node' || k === 'default') { const found = pick(v); if (found) return found; }
  }
}

// counting checks that f tells the provider's number of tokens; where there is none, the SDK's
// error, read by error, has to name who cannot count.
export const counting = (sdk, family, f, error) => check({ sdk, family, call: 'count tokens' }, async () => same(await f(), 42, 'tokens'),
  ['responses', 'cohere'].includes(family) ? (e) => { const t = error(e); return t.message?.includes(family + ': it has no counting of tokens') ? t : undefined; } : undefined);

export function must(ok, what) {
  if (!ok) throw new Error('not as expected: ' + (typeof what === 'string' ? what : JSON.stringify(what)));
}

// same compares values, whatever the order of their members.
export function same(got, want, what) {
  const [g, w] = [canon(got), canon(want)];
  must(g === w, `${what}: got ${g?.slice(0, 400)}, want ${w?.slice(0, 400)}`);
}

const canon = (v) => JSON.stringify(v, (_, x) => (x && typeof x === 'object' && !Array.isArray(x) ? Object.fromEntries(Object.entries(x).sort()) : x));

// Skip is why a call is not made of a family, or not in this way.
class Skip extends Error {}

export const skip = (why) => { throw new Skip(why); };

export const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');

const only = process.env.ONLY && new RegExp(process.env.ONLY);

// check runs f and prints its line. refused, if the family cannot do what is asked,
// reads the SDK's error: {status, typed, message}; then nothing else than that error will do.
export async function check(at, f, refused) {
  if (only && !only.test(`${at.sdk} ${at.call}`)) return;
  const line = { stream: false, family: '', ...at };
  try {
    await taken();
    const value = await late(f());
    if (refused) line.error = `is answered although it cannot be expressed there: ${JSON.stringify(value)?.slice(0, 200)}`;
  } catch (e) {
    if (e instanceof Skip) return say({ ...line, skip: e.message });
    const told = refused?.(e);
    if (told?.typed && told.status === 400) line.refused = told.message;
    else line.error = describe(e);
  }
  say(line);
}

function late(p) {
  let timer;
  const bell = new Promise((_, no) => { timer = setTimeout(() => no(new Error('no end after 60 s')), 60_000); });
  return Promise.race([p, bell]).finally(() => clearTimeout(timer));
}

const describe = (e) => `${e?.name ?? ''} ${e?.stack ?? e} ${e?.cause ? 'cause: ' + (e.cause.stack ?? e.cause) : ''} ${e?.responseBody ?? ''}`.slice(0, 900);

// taken tells what the provider received since the last time, bodies parsed.
export async function taken(keep) {
  const list = await (await fetch(`${UPSTREAM}/__requests${keep ? '?keep' : ''}`)).json();
  return list.map((r) => ({ ...r, json: r.body && r.body.trimStart().startsWith('{') ? JSON.parse(r.body) : null }));
}

// received is the last request that the provider got: [the family of its format, its body].
// Of a provider that speaks several, it is the one that was spoken.
export async function received() {
  const all = await taken();
  must(all.length > 0, 'the provider got nothing');
  const { family, json } = all.at(-1);
  return [{ converse: 'bedrock', invoke: 'anthropic' }[family] ?? family, json];
}
