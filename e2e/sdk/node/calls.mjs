// The calls that every SDK makes of every family, written once. A driver turns them into
// the calls of its SDK:
//
//	sdk    its name in the table
//	ask    makes one call: {model, stream, system, turns, tools, choice, parallel, schema,
//	       think, max, stop, signal} → {text, finish, usage, calls, think, native}
//	error  reads an error of the SDK: {typed, status, requestId, message, wait}
//	can    what the format can say beside the least of it
//	no     of what it cannot say: why
//
// turns are {user, files}, {reply: what ask returned}, {results: [{call, text}]}.
import { createHash } from 'node:crypto';
import { FAMILIES, check, must, same, model, received, skip, taken } from './check.mjs';
import * as seen from './seen.mjs';

export const TEXT = 'It is 21\u00a0°C in Paris, "sunny" & <mild>: ça va? Тест 😀\nBye.';
const THOUGHT = 'The user asks for the weather; a tool knows.';
const SYSTEM = 'Be brief.';
const city = { type: 'object', properties: { city: { type: 'string', description: 'its name' } }, required: ['city'], additionalProperties: false };
const WEATHER = { name: 'get_weather', description: 'Weather of a city', schema: city };
const CLOCK = { name: 'get_time', description: 'Time in a city', schema: city };
export const SCHEMA = {
  type: 'object', additionalProperties: false, required: ['city', 'mood', 'place'],
  properties: {
    city: { type: 'string' }, mood: { type: 'string', enum: ['sunny', 'grey'] },
    place: { type: 'object', additionalProperties: false, required: ['lat'], properties: { lat: { type: 'number' } } },
  },
};
export const VALUE = { city: 'Paris', mood: 'sunny', place: { lat: 7.5 } };
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n').toString('base64');
const about = (kind, b64) => { const b = Buffer.from(b64, 'base64'); return `${kind} of ${b.length} bytes ${createHash('sha256').update(b).digest('hex').slice(0, 8)}`; };

const user = (text, files) => ({ user: text, files });
const TALK = [user('Hi, I am Ünal.'), { reply: { text: 'Hello Ünal.', calls: [] } }, user('Weather in Paris?')];

// need passes a call over that a driver cannot make. It has to say why.
function need(d, what) {
  if (d.can[what]) return;
  must(d.no?.[what], `${d.sdk} does not say why it cannot: ${what}`);
  skip(d.no[what]);
}

// Each call is made at each family, unary and streamed, with: ask for a scenario, the
// family, the driver, stream.
const CALLS = {
  text: async ({ ask, d }) => {
    const a = await ask('text', { system: SYSTEM, turns: TALK });
    same(a.text, TEXT, 'text'); same(a.finish, 'stop', 'finish');
    usage(a, d, { in: 37, out: 11 });
    const to = await received();
    same(seen.system(...to), SYSTEM, 'system at the provider');
    same(seen.turns(...to), [['user', 'Hi, I am Ünal.'], ['model', 'Hello Ünal.'], ['user', 'Weather in Paris?']], 'turns at the provider');
  },
  tool: async ({ ask, d }) => {
    const a = await ask('tool', { system: SYSTEM, turns: TALK, tools: [WEATHER] });
    same(a.calls.map((c) => [c.name, c.args]), [['get_weather', { city: 'Paris' }]], 'calls');
    must(d.can.noIDs || a.calls[0].id, 'an id'); if (!d.can.toolEndsAsStop) same(a.finish, 'tool', 'finish');
    await taken();
    const b = await ask('tool', { system: SYSTEM, turns: [...TALK, { reply: a }, { results: [{ call: a.calls[0], text: '21 degrees' }] }], tools: [WEATHER] });
    must(b.text.startsWith('The tools said: ') && b.text.includes('21 degrees'), b.text); same(b.finish, 'stop', 'finish');
    const [[name, args, text]] = seen.pairs(...await received());
    same([name, args], ['get_weather', { city: 'Paris' }], 'call at the provider'); must(text.includes('21 degrees'), text);
  },
  'parallel tools': async ({ ask, d }) => {
    const turns = [user('Weather and time?')], tools = [WEATHER, CLOCK];
    const a = await ask('tools', { turns, tools });
    same(a.calls.map((c) => [c.name, c.args]), [['get_weather', { city: 'Paris' }], ['get_time', { city: 'Łódź' }]], 'calls');
    must(d.can.noIDs || a.calls[0].id !== a.calls[1].id, 'two ids');
    await taken();
    const b = await ask('tools', { turns: [...turns, { reply: a }, { results: [{ call: a.calls[1], text: 'noon' }, { call: a.calls[0], text: 'rain' }] }], tools });
    must(b.text.includes('noon') && b.text.includes('rain'), b.text);
    const all = seen.pairs(...await received());
    must(all.length === 2 && all[0][0] === 'get_weather' && all[0][2].includes('rain') && all[1][2].includes('noon'), all);
  },
  'tool choice': async ({ ask, d }) => {
    need(d, 'choice');
    await chosen(ask, 'auto');
    await chosen(ask, 'any');
  },
  'tool choice, none': async ({ ask, d }) => { need(d, 'none'); await chosen(ask, 'none'); },
  'tool choice by name': async ({ ask, d }) => {
    need(d, 'named');
    const a = await ask('text', { turns: [user('Hi')], tools: [WEATHER, CLOCK], choice: '=get_time' });
    same(a.calls.map((c) => c.name), ['get_time'], 'calls');
    must(['get_time', 'any'].includes(seen.choice(...await received())), 'choice at the provider');
  },
  'one call at a time': async ({ ask, family, d }) => {
    need(d, 'oneCall');
    const a = await ask('tools', { turns: [user('Hi')], tools: [WEATHER, CLOCK], parallel: false });
    same(a.calls.length, family === 'gemini' || family === 'cohere' ? 2 : 1, 'calls'); // these have no word for it: it is dropped, and said so
  },
  schema: async ({ ask }) => {
    const a = await ask('schema', { turns: [user('Where?')], schema: SCHEMA });
    same(JSON.parse(a.text), VALUE, 'value');
    const s = seen.schema(...await received());
    must(s?.properties?.place?.properties?.lat && s.properties.mood.enum.length === 2, s ?? 'no schema at the provider');
  },
  image: async ({ ask }) => {
    const a = await ask('image', { turns: [user('What is it?', [{ type: 'image/png', data: PNG }])] });
    must(a.text.includes(about('image/png', PNG)), a.text);
  },
  PDF: async ({ ask, d }) => {
    need(d, 'pdf');
    const a = await ask('image', { turns: [user('What is it?', [{ type: 'application/pdf', data: PDF }])] });
    must(a.text.includes(about('', PDF)), a.text);
  },
  'image by URL': async ({ ask, d }) => {
    need(d, 'url');
    const a = await ask('image', { turns: [user('What is it?', [{ type: 'image/png', url: 'https://example.com/a.png?x=1' }])] });
    must(a.text.includes('https://example.com/a.png?x=1'), a.text);
  },
  reasoning: async ({ ask, family, d }) => {
    need(d, 'think');
    const a = await ask('think', { turns: TALK, think: true });
    same(a.text, TEXT, 'text'); if (!d.can.hidesThought?.includes(family)) same(a.think, THOUGHT, 'reasoning');
    usage(a, d, { in: 37, out: 24, ...(family !== 'bedrock' && { thought: 10 }) }); // Converse does not tell
  },
  'reasoning and tool': async ({ ask, d }) => {
    need(d, 'think');
    const more = { tools: [WEATHER], think: true };
    const a = await ask('think-tool', { turns: TALK, ...more });
    same(a.calls.map((c) => c.name), ['get_weather'], 'calls');
    const b = await ask('think-tool', { turns: [...TALK, { reply: a }, { results: [{ call: a.calls[0], text: '21 degrees' }] }], ...more });
    must(b.text.includes('21 degrees'), b.text);
  },
  usage: async ({ ask, d }) => usage(await ask('usage', { turns: TALK }), d, { in: 120, out: 24, cached: 80 }),
  'limit reached': async ({ ask }) => same((await ask('length', { turns: TALK, max: 5000 })).finish, 'length', 'finish'),
  'stop sequence': async ({ ask, d }) => {
    need(d, 'stop');
    const a = await ask('stop', { turns: TALK, stop: ['END'] });
    must(['stop', 'sequence'].includes(a.finish), a.finish);
  },
  refusal: async ({ ask, family, d }) => {
    const a = await ask('refuse', { turns: TALK });
    must(a.finish === 'refuse' || a.refusal || ['openai', 'responses'].includes(family), `finish ${a.finish}, ${a.text}`);
    if (d.can.hidesRefusal?.includes(family)) return;
    must(a.finish === 'refuse' || (a.text + (a.refusal ?? '')).includes('I cannot help with that.'), `no refusal: ${JSON.stringify(a.text)}`);
  },
  cited: async ({ ask, family, d, stream }) => {
    if (d.can.strictSources === family && !stream) skip(d.no.sources);
    same((await ask('cite', { turns: TALK })).text, TEXT, 'text');
  },
  long: async ({ ask, stream }) => { if (stream) must((await ask('long', { turns: TALK })).text.endsWith('word1999 '), 'its end'); },
};

// chosen asks with a choice of tools; the provider has to see it.
async function chosen(ask, choice) {
  await ask('text', { turns: [user('Hi')], tools: [WEATHER, CLOCK], choice });
  same(seen.choice(...await received()), choice, 'choice at the provider');
}

function usage(a, d, want) {
  const got = {};
  for (const k of Object.keys(want)) {
    if (a.usage[k] !== undefined) got[k] = a.usage[k]; else delete want[k];
  }
  same(got, want, 'usage');
  if (a.usage.total !== undefined) same(a.usage.total, want.in + want.out, 'total of usage');
}

const STATUSES = [400, 401, 403, 404, 413, 422, 429, 500, 503, 529];

// told is the status that asbru answers with for one of the provider.
const told = (status) => ({ 401: [401, 502], 403: [403, 502], 529: [529, 503], 422: [422, 400], 413: [413, 400] }[status] ?? [status]);

// run makes every call with d; cannot says what a family has no words for.
export async function run(d, { families = FAMILIES, cannot = {}, streams = [false, true] } = {}) {
  for (const family of families) {
    for (const stream of streams) {
      const ask = (scenario, q) => d.ask({ tools: [], ...q, model: (d.model ?? model)(family, scenario), stream });
      for (const [call, f] of Object.entries(CALLS)) {
        if (call === 'long' && !stream) continue;
        const refuses = (cannot[call] ?? []).includes(family) || (CANNOT[call] ?? []).includes(family) && (call in NEEDS ? d.can[NEEDS[call]] : true);
        await check({ sdk: d.sdk, family, call, stream }, () => f({ ask, family, d, stream }), refuses ? d.error : undefined);
      }
      await check({ sdk: d.sdk, family, call: 'errors', stream }, () => errors(d, ask, d.can.waitInBody === family));
    }
    await check({ sdk: d.sdk, family, call: 'broken stream', stream: true }, () => broken(d, family));
    await check({ sdk: d.sdk, family, call: 'early cancel', stream: true }, () => cancelled(d, family));
  }
}

// CANNOT are calls for which a family has no words; NEEDS is what a driver has to be
// able to say to make them.
const CANNOT = { 'image by URL': ['bedrock'], PDF: ['cohere'], 'stop sequence': ['responses'] };
const NEEDS = { 'image by URL': 'url', PDF: 'pdf', 'stop sequence': 'stop' };

// errors looks at every status; in the format of the family itself the wait may stand in the body.
async function errors(d, ask, waits) {
  for (const status of STATUSES) {
    const e = await ask('error-' + status, { turns: TALK }).then(() => null, (e) => e);
    must(e, `${status} is no error`);
    const got = d.error(e);
    must(got.typed, `${status} is ${e.name}: ${e.message}`);
    must(told(status).includes(got.status), `${status} is told as ${got.status}: ${got.message}`);
    if ('requestId' in got) must(got.requestId, `${status} has no request id`);
    if (status === 429 && 'wait' in got && !waits) same(Number(got.wait), 7, 'retry-after');
  }
}

// broken looks that a stream which ends too early is an error, not an answer.
async function broken(d, family) {
  for (const scenario of ['cut', 'error-stream', 'cut-clean']) {
    const a = await d.ask({ tools: [], turns: TALK, model: (d.model ?? model)(family, scenario), stream: true }).then((a) => a, () => null);
    must(!a || scenario === 'cut-clean' && a.finish !== 'stop', `${scenario} is taken for an answer: ${JSON.stringify({ ...a, native: undefined })}`);
  }
}

// cancelled leaves a stream after its beginning; the provider has to see it soon.
async function cancelled(d, family) {
  const gone = new AbortController();
  const asked = d.ask({ tools: [], turns: TALK, model: (d.model ?? model)(family, 'slow'), stream: true, signal: gone.signal }).then(() => 'answered', () => 'stopped');
  setTimeout(() => gone.abort(), 700);
  same(await asked, 'stopped', 'the call');
  for (let i = 0; i < 40; i++) {
    const all = await taken(true);
    if (all.some((r) => r.gone)) return;
    await new Promise((r) => setTimeout(r, 50));
  }
  throw new Error('the provider was not told within 2 s');
}
