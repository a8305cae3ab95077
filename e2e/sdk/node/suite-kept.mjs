// What is no conversation: audio, images, files, batches, stored responses, caches. Its bytes
// go to a provider of the client's own format as they are; any other is refused, with its name.
import { createHash } from 'node:crypto';
import { FAMILIES, GATEWAY, KEY, SHORT, check, load, model, must, same, taken } from './check.mjs';
import { error as openaiError } from './suite-openai.mjs';
import { error as anthropicError } from './suite-anthropic.mjs';
import { error as googleError } from './suite-genai.mjs';

const { default: OpenAI, toFile } = await load('openai');
const { default: Anthropic } = await load('@anthropic-ai/sdk');
const { GoogleGenAI } = await load('@google/genai');
const { CohereClient, CohereError } = await load('cohere-ai');

// SOUND is what the stand-in takes for sound: bytes of every value, several reads long.
const SOUND = Uint8Array.from({ length: 70_000 }, (_, i) => (i + (i >> 8)) & 255);
const seen = (kind, b) => `${kind} of ${b.length} bytes ${createHash('sha256').update(b).digest('hex').slice(0, 8)}`;
const bytes = async (r) => must(Buffer.from(await r.arrayBuffer()).equals(Buffer.from(SOUND)), 'the bytes that the provider sent');
const hello = [{ role: 'user', content: 'Hi' }];

// made keeps a client for each family: what names no model says in a header who is meant.
const made = (make) => Object.fromEntries(FAMILIES.map((f) => [f, make({ 'x-model-provider': f })]));
const openai = made((defaultHeaders) => new OpenAI({ baseURL: GATEWAY + '/v1', apiKey: KEY, maxRetries: 0, defaultHeaders }));
const anthropic = made((defaultHeaders) => new Anthropic({ baseURL: GATEWAY + '/anthropic', apiKey: KEY, maxRetries: 0, defaultHeaders }));
const google = made((headers) => new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: GATEWAY + '/genai', headers, retryOptions: { attempts: 1 } } }));

const mp3 = () => toFile(SOUND, 'a.mp3', { type: 'audio/mpeg' });
const heard = 'I hear ' + seen('audio/mpeg', SOUND);
const lists = async (page, id) => same((await page).data[0].id, id, 'the first of the list');

const OPENAI = {
  speech: async (c, m) => { const r = await c.audio.speech.create({ model: m, input: 'Hi', voice: 'alloy' }); same(r.headers.get('content-type'), 'audio/mpeg', 'type'); await bytes(r); },
  'speech as events': async (c, m) => {
    const r = await c.audio.speech.create({ model: m, input: 'Hi', voice: 'alloy', stream_format: 'sse' });
    const all = (await r.text()).split('\n').filter((l) => l.startsWith('data: ')).map((l) => JSON.parse(l.slice(6)));
    must(Buffer.concat(all.filter((e) => e.audio).map((e) => Buffer.from(e.audio, 'base64'))).equals(Buffer.from(SOUND)), 'the sound of the events');
    same(all.at(-1).usage.total_tokens, 115, 'usage');
  },
  transcription: async (c, m) => { const r = await c.audio.transcriptions.create({ model: m, file: await mp3() }); same([r.text, r.usage.total_tokens], [heard, 59], 'text'); },
  'transcription as text': async (c, m) => same(await c.audio.transcriptions.create({ model: m, file: await mp3(), response_format: 'text' }), heard + '\n', 'text'),
  'transcription in full': async (c, m) => { const r = await c.audio.transcriptions.create({ model: m, file: await mp3(), response_format: 'verbose_json', timestamp_granularities: ['segment'] }); same([r.text, r.segments[0].end], [heard, 5.5], 'segments'); },
  'transcription as events': async (c, m) => {
    let text = '', done = '';
    for await (const e of await c.audio.transcriptions.create({ model: m, file: await mp3(), stream: true })) { if (e.delta) text += e.delta; else done = e.text; }
    same([text, done], [heard, heard], 'deltas');
  },
  translation: async (c, m) => same((await c.audio.translations.create({ model: m, file: await mp3() })).text, heard, 'text'),
  'image made': async (c, m) => same((await c.images.generate({ model: m, prompt: 'a cat' })).data[0].revised_prompt, 'generated', 'image'),
  'image edited': async (c, m) => same((await c.images.edit({ model: m, prompt: 'a hat', image: await toFile(SOUND, 'a.png', { type: 'image/png' }) })).data[0].revised_prompt, 'made of ' + seen('image/png', SOUND), 'image'),
  moderation: async (c, m) => same((await c.moderations.create({ model: m, input: 'Hi' })).results[0].flagged, true, 'flagged'),
  'file sent': async (c) => same((await c.files.create({ purpose: 'batch', file: await toFile(SOUND, 'a.jsonl', { type: 'application/jsonl' }) })).filename, seen('application/jsonl', SOUND), 'what arrived'),
  'files listed': async (c) => lists(c.files.list(), 'file-standin'),
  'file shown': async (c) => same((await c.files.retrieve('file-9')).id, 'file-9', 'id'),
  'file read': async (c) => bytes(await c.files.content('file-9')),
  'file deleted': async (c) => same((await c.files.delete('file-9')).deleted, true, 'deleted'),
  'batch made': async (c) => same((await c.batches.create({ input_file_id: 'file-9', endpoint: '/v1/responses', completion_window: '24h' })).status, 'validating', 'status'),
  'batches listed': async (c) => lists(c.batches.list(), 'batch_standin'),
  'batch shown, cancelled': async (c) => { same((await c.batches.retrieve('batch_9')).id, 'batch_9', 'id'); must((await c.batches.cancel('batch_9')).cancelling_at, 'the time'); },
  'response shown': async (c) => { const r = await c.responses.retrieve('resp_9'); same([r.id, r.status, r.output[0].type], ['resp_9', 'completed', 'message'], 'response'); },
  'response cancelled': async (c) => same((await c.responses.cancel('resp_9')).status, 'cancelled', 'status'),
  'response deleted': async (c) => { await c.responses.delete('resp_9'); const [r] = await taken(); same([r.method, r.path], ['DELETE', '/v1/responses/resp_9'], 'at the provider'); },
  'items of a response': async (c) => lists(c.responses.inputItems.list('resp_9'), 'msg_resp_9'),
  'response that is missing': async (c) => { const e = await c.responses.retrieve('resp_missing').catch((e) => e); if (!(e instanceof OpenAI.NotFoundError)) throw e; },
  'secret for a browser': async (c) => same((await c.realtime.clientSecrets.create({ session: { type: 'realtime', model: 'gpt-realtime' } })).session.model, 'gpt-realtime', 'model'),
};

const ANTHROPIC = {
  'batch made': async (c) => same((await c.messages.batches.create({ requests: [{ custom_id: '0', params: { model: 'claude', max_tokens: 9, messages: hello } }] })).processing_status, 'in_progress', 'status'),
  'batches listed': async (c) => lists(c.messages.batches.list(), 'msgbatch_standin'),
  'batch shown, cancelled': async (c) => { same((await c.messages.batches.retrieve('b9')).id, 'b9', 'id'); same((await c.messages.batches.cancel('b9')).processing_status, 'canceling', 'status'); },
  'results of a batch': async (c) => { for await (const r of await c.messages.batches.results('b9')) { same(r.result.type, 'succeeded', 'result'); return; } throw new Error('no result'); },
  'file sent': async (c) => same((await c.beta.files.upload({ file: await toFile(SOUND, 'a.txt', { type: 'text/plain' }) })).size_bytes, SOUND.length, 'bytes'),
  'files listed': async (c) => lists(c.beta.files.list(), 'file_standin'),
};

const GOOGLE = {
  'file sent': async (c) => same((await c.files.upload({ file: new Blob([SOUND], { type: 'application/pdf' }), config: { mimeType: 'application/pdf' } })).sizeBytes, String(SOUND.length), 'bytes'),
  'cache made': async (c) => same((await c.caches.create({ model: 'gemini-2.5-flash', config: { contents: 'Long.', displayName: 'kept' } })).name, 'cachedContents/standin', 'name'),
  'cache shown': async (c) => same((await c.caches.get({ name: 'cachedContents/9' })).usageMetadata.totalTokenCount, 1090, 'tokens'),
  'cache deleted': async (c) => { await c.caches.delete({ name: 'cachedContents/9' }); same((await taken())[0].method, 'DELETE', 'method'); },
  'caches listed': async (c) => { for await (const k of await c.caches.list()) { same(k.name, 'cachedContents/standin', 'name'); return; } throw new Error('no cache'); },
  'files listed': async (c) => { for await (const f of await c.files.list()) { same(f.name, 'files/standin', 'name'); return; } throw new Error('no file'); },
};

async function across(sdk, calls, clients, own, error) {
  for (const family of FAMILIES) {
    for (const [call, f] of Object.entries(calls)) {
      const refused = own.includes(family) ? undefined : (e) => { const t = error(e); return t.message?.includes('cannot be carried out by ' + family) ? t : undefined; };
      await check({ sdk, family, call }, () => f(clients[family], model(family, 'text')), refused);
    }
  }
}

if (!SHORT) {
  await across('openai', OPENAI, openai, ['openai', 'responses'], openaiError);
  await across('anthropic', ANTHROPIC, anthropic, ['anthropic'], anthropicError);
  await across('genai', GOOGLE, google, ['gemini'], googleError);
  const cohere = new CohereClient({ token: KEY, environment: GATEWAY + '/cohere', maxRetries: 0 });
  const cohereError = (e) => ({ typed: e instanceof CohereError, status: e.statusCode, message: e.message });
  await across('cohere', { tokens: async (_, m) => same((await cohere.tokenize({ text: 'two words', model: m }, { maxRetries: 0 })).tokens, [1, 2], 'tokens') }, {}, ['cohere'], cohereError);
  await check({ sdk: 'openai', family: 'openai', call: 'errors of what is no conversation' }, async () => {
    const e = await openai.openai.audio.speech.create({ model: model('openai', 'error-429'), input: 'Hi', voice: 'alloy' }).catch((e) => e);
    must(e instanceof OpenAI.RateLimitError && e.headers.get('retry-after') === '7', e);
  });
}
