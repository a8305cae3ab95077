// The calls an application makes with the openai SDK. Each case prints one JSON
// line, {"case", "value"} or {"case", "error"}; the program that runs this
// compares the lines of a direct run with those of a run through asbru.
//
// BASES has three base URLs separated by spaces, of one provider; THROUGH is set
// in the run through asbru; RECORDED names a file of recorded requests.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const OpenAI = createRequire(process.env.CLIENT_MODULES + '/')('openai');
const bases = process.env.BASES.split(' ');
const through = Boolean(process.env.THROUGH);
const client = (baseURL, apiKey = process.env.KEY) =>
  new OpenAI({ baseURL, apiKey, maxRetries: 0, timeout: 20_000 });
const c = client(bases[0]);

const hello = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'Grüße, 世界 👋' }];
const tools = [{ type: 'function', function: { name: 'get_weather', description: 'Weather of a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } }];
const schema = { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: {
  type: 'object', properties: { n: { type: 'integer' } }, required: ['n'], additionalProperties: false } } };
const pixel = 'data:image/png;base64,' + 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ'.repeat(2000);
const look = (url) => [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, { type: 'image_url', image_url: { url } }] }];

// named says whom a request without a model is for.
const named = { headers: { 'x-model-provider': 'local' } };
const must = (ok, what) => { if (!ok) throw new Error('not as expected: ' + what); };
const chat = (more, on = c) => on.chat.completions.create({ model: 'mock-id-1', messages: hello, ...more });

// gather reads a stream and joins its deltas, as an application does.
async function gather(stream) {
  const all = { text: '', chunks: 0, finish: null, usage: null, calls: {} };
  for await (const chunk of stream) {
    all.chunks++;
    if (chunk.usage) all.usage = chunk.usage;
    for (const { delta, finish_reason } of chunk.choices) {
      all.text += delta.content ?? '';
      all.finish ??= finish_reason;
      for (const t of delta.tool_calls ?? []) {
        const call = (all.calls[t.index] ??= { id: '', name: '', args: '' });
        call.id += t.id ?? ''; call.name += t.function?.name ?? ''; call.args += t.function?.arguments ?? '';
      }
    }
  }
  return all;
}

const cases = {
  chat: async () => { const r = await chat(); must(r.choices[0].message.content && r.usage.total_tokens > 0, 'text and usage'); return r; },
  stream: async () => { const r = await gather(await chat({ stream: true })); must(r.text && r.finish === 'stop' && !r.usage, 'text, finish and no usage'); return r; },
  'stream with usage': async () => { const r = await gather(await chat({ stream: true, stream_options: { include_usage: true } })); must(r.usage.total_tokens > 0, 'usage'); return r; },
  'stream without usage': async () => { const r = await gather(await chat({ stream: true, stream_options: { include_usage: false } })); must(!r.usage, 'no usage'); return r; },
  'stream helper': async () => (await c.chat.completions.stream({ model: 'mock-id-1', messages: hello }).finalChatCompletion()).choices[0].message.content,
  'long stream': async () => { const r = await gather(await chat({ model: 'mock-id-1+tokens-3000', stream: true })); must(r.chunks >= 3000, r.chunks + ' chunks'); return r; },
  'tool call': async () => { const r = await chat({ model: 'mock-tool+id-1', tools, tool_choice: 'auto' }); const t = r.choices[0].message.tool_calls[0]; must(t.function.name === 'get_weather' && JSON.parse(t.function.arguments), 'a call'); return r; },
  'tool call, streamed': async () => { const r = await gather(await chat({ model: 'mock-tool+id-1', tools, stream: true })); must(r.calls[0].name === 'get_weather' && JSON.parse(r.calls[0].args), 'a call'); return r; },
  'tool result': () => chat({ tools, messages: [...hello, { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } }] }, { role: 'tool', tool_call_id: 'call_1', content: '7°C' }] }),
  'image by URL': () => chat({ messages: look('https://example.com/a.png?x=1&y=%20') }),
  'image in the body': () => chat({ messages: look(pixel) }),
  'image in the body, streamed': async () => gather(await chat({ messages: look(pixel), stream: true })),
  'JSON schema': () => chat({ response_format: schema }),
  'JSON object, numbers': () => chat({ response_format: { type: 'json_object' }, seed: 7, logit_bias: { 50256: -100 }, user: 'u', n: 1, temperature: 0.25 }),
  'member nobody knows': () => chat({ x_future: { a: [1, 2, null], 'ключ': 1e-7 } }),
  completion: () => c.completions.create({ model: 'mock-id-1', prompt: 'Once' }),
  'embedding, base64': async () => { const r = await c.embeddings.create({ model: 'mock-id-1', input: ['a', 'b'] }); must(r.data.length === 2 && r.data[0].embedding.length > 100, 'two vectors'); return r; },
  'embedding, float': async () => { const r = await c.embeddings.create({ model: 'mock-id-1', input: 'a', encoding_format: 'float', dimensions: 64 }); must(r.data[0].embedding.length === 64, '64 dimensions'); return r; },
  response: async () => { const r = await c.responses.create({ model: 'mock-id-1', input: 'Hi' }); must(r.output_text, 'text'); return r; },
  'response, streamed': async () => { const all = []; for await (const e of await c.responses.create({ model: 'mock-id-1', input: 'Hi', stream: true })) all.push(e); must(all.at(-1).type === 'response.completed', 'its end'); return all; },
  'response with tools': () => c.responses.create({ model: 'mock-tool+id-1', input: 'Hi', tools: [{ type: 'function', strict: false, name: 'get_weather', parameters: tools[0].function.parameters }] }),
  transcription: async () => { const r = await c.audio.transcriptions.create({ model: 'mock-id-1', file: await OpenAI.toFile(Buffer.alloc(300_000, 'RIFF\r\n--'), 'höre.wav') }); must(r.body_bytes > 300_000, 'the file'); return r.path; },
  file: async () => { const r = await c.files.create({ purpose: 'batch', file: await OpenAI.toFile(Buffer.from('{}\n'), 'b.jsonl') }, named); must(r.method === 'POST' && r.path === '/v1/files', 'POST /v1/files'); return r.path; },
  'file list': async () => (await c.get('/files', { query: { purpose: 'batch', limit: 3 }, ...named })).query,
  moderation: async () => (await c.moderations.create({ model: 'mock-id-1', input: 'x' })).path,
  '/openai/v1': () => chat({}, client(bases[1])),
  '/openai': () => chat({}, client(bases[2])),
  '/openai, streamed': async () => gather(await chat({ stream: true }, client(bases[2]))),
  '400': () => chat({ model: 'mock-status-400+id-1' }),
  '404': () => chat({ model: 'mock-status-404+id-1' }),
  '422': () => chat({ model: 'mock-status-422+id-1' }),
  'error event': async () => gather(await chat({ model: 'mock-error-event-3+id-1', stream: true })),
  '429': () => chat({ model: 'mock-retry-after-1+id-1' }),
};

// What only a gateway answers.
const own = {
  models: async () => { const r = await c.models.list(); must(r.data.some((m) => m.id === 'fast'), 'the alias'); },
  model: async () => must((await c.models.retrieve('fast')).id === 'fast', 'the alias'),
  alias: async () => must((await chat({ model: 'fast' })).choices[0].message.content, 'text'),
  'provider/model': async () => must((await chat({ model: 'local/mock-id-1' })).choices[0].message.content, 'text'),
  'wrong key': () => fails(chat({}, client(bases[0], 'vk-wrong')), OpenAI.AuthenticationError, 401),
  'unknown model': () => fails(chat({ model: 'no-such-model' }), OpenAI.NotFoundError, 404),
  'no messages': () => fails(c.post('/chat/completions', { body: { model: 7 } }), OpenAI.BadRequestError, 400),
};

async function fails(call, type, status) {
  const err = await call.then(() => null, (e) => e);
  must(err instanceof type && err.status === status && err.message.length > 10 && err.type, `${type.name}, got ${err}`);
  must(err.requestID, 'a request id');
}

async function abort() {
  let n = 0;
  for await (const _ of await chat({ model: 'mock-gap-20ms+chunks-500', stream: true })) if (++n === 3) break;
  return n;
}

const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');

async function run(name, f) {
  try {
    say({ case: name, value: (await f()) ?? null });
  } catch (e) {
    say({ case: name, error: e instanceof OpenAI.APIError
      ? { type: e.constructor.name, status: e.status, code: e.code, param: e.param, kind: e.type, message: e.message, wait: e.headers?.get?.('retry-after') ?? null }
      : { type: 'unexpected', message: String(e.stack) } });
  }
}

if (process.env.RECORDED) {
  for (const { id, path, body } of JSON.parse(readFileSync(process.env.RECORDED, 'utf8'))) {
    await run(id, async () => {
      const options = { query: { case: id, cut: 'whole' } };
      const r = await (path === '/chat/completions' ? c.chat.completions : path === '/responses' ? c.responses : c.embeddings).create(body, options);
      if (!body.stream) return r;
      const all = [];
      for await (const e of r) all.push(e);
      return all;
    });
  }
} else {
  for (const [name, f] of Object.entries(cases)) await run(name, f);
  await run('abort', abort);
  if (through) for (const [name, f] of Object.entries(own)) await run('own: ' + name, f);
}
