// The Anthropic SDK: Messages.
import { FAMILIES, GATEWAY, KEY, SHORT, check, counting, load, model, must, received, same, taken } from './check.mjs';
import { SCHEMA, TEXT, VALUE, run } from './calls.mjs';

const { default: Anthropic } = await load('@anthropic-ai/sdk');
const client = new Anthropic({ baseURL: GATEWAY + '/anthropic', apiKey: KEY, maxRetries: 0 });

export const error = (e) => ({
  typed: e instanceof Anthropic.APIError && Boolean(e.error?.error?.type), status: e.status, requestId: e.requestID, message: e.message, wait: e.headers?.get?.('retry-after'),
});

const file = (f) => ({
  type: f.type === 'application/pdf' ? 'document' : 'image',
  source: f.url ? { type: 'url', url: f.url } : { type: 'base64', media_type: f.type, data: f.data },
});

// messages is the driver of a client for Messages; those for Vertex AI are alike.
export const messages = (sdk, client, can = {}) => ({
  sdk, error, can: { choice: true, none: true, named: true, oneCall: true, pdf: true, url: true, think: true, stop: true, ...can },
  ask: async (q) => {
    const body = {
      model: q.model, max_tokens: q.max ?? 4000,
      ...(q.system && { system: [{ type: 'text', text: q.system, cache_control: { type: 'ephemeral' } }] }),
      messages: q.turns.map((t) => (t.user ? { role: 'user', content: [...(t.files ?? []).map(file), { type: 'text', text: t.user }] }
        : t.reply ? { role: 'assistant', content: t.reply.native ?? t.reply.text }
          : { role: 'user', content: t.results.map((r) => ({ type: 'tool_result', tool_use_id: r.call.id, content: r.text })) })),
      ...(q.tools.length && { tools: q.tools.map((t) => ({ name: t.name, description: t.description, input_schema: t.schema })) }),
      ...((q.choice || q.parallel === false) && { tool_choice: { ...(q.choice?.[0] === '=' ? { type: 'tool', name: q.choice.slice(1) } : { type: q.choice ?? 'auto' }), ...(q.parallel === false && { disable_parallel_tool_use: true }) } }),
      ...(q.schema && { output_config: { format: { type: 'json_schema', schema: q.schema } } }),
      ...(q.think && { thinking: { type: 'enabled', budget_tokens: 2048 } }), ...(q.stop && { stop_sequences: q.stop }),
    };
    const m = q.stream ? await client.messages.stream(body, { signal: q.signal }).finalMessage() : await client.messages.create(body, { signal: q.signal });
    must(m.type === 'message' && m.role === 'assistant' && m.id && m.stop_reason, m);
    const of = (type) => m.content.filter((b) => b.type === type), u = m.usage;
    return {
      text: of('text').map((b) => b.text).join(''), think: of('thinking').map((b) => b.thinking).join(''), native: m.content,
      finish: { end_turn: 'stop', max_tokens: 'length', tool_use: 'tool', stop_sequence: 'sequence', refusal: 'refuse' }[m.stop_reason],
      calls: of('tool_use').map((b) => ({ id: b.id, name: b.name, args: b.input })),
      usage: { in: u.input_tokens + (u.cache_read_input_tokens ?? 0) + (u.cache_creation_input_tokens ?? 0), out: u.output_tokens, cached: u.cache_read_input_tokens ?? 0 },
    };
  },
});

const hello = [{ role: 'user', content: 'Hi' }];
const own = {
  'parse helper': async (family) => {
    const r = await client.messages.parse({ model: model(family, 'schema'), max_tokens: 1000, messages: hello, output_config: { format: { type: 'json_schema', schema: SCHEMA, parse: JSON.parse } } });
    same(r.parsed_output, VALUE, 'parsed');
  },
  'raw stream': async (family) => {
    const kinds = [];
    for await (const e of await client.messages.create({ model: model(family, 'text'), max_tokens: 100, messages: hello, stream: true })) kinds.push(e.type);
    must(kinds[0] === 'message_start' && kinds.at(-1) === 'message_stop' && kinds.at(-2) === 'message_delta', kinds);
    must(kinds.filter((k) => k === 'content_block_start').length === kinds.filter((k) => k === 'content_block_stop').length, kinds);
  },
  // It asks for a thread that the server holds, and goes on without one where it is told so.
  'tool runner': async (family) => {
    let asked;
    const r = await client.beta.messages.toolRunner({ model: model(family, 'tool'), max_tokens: 1000, messages: hello, ...(family === 'anthropic' && { thread: false }), tools: [{ type: 'custom', name: 'get_weather', description: 'd',
      input_schema: { type: 'object', properties: { city: { type: 'string' } } }, parse: (x) => x, run: (a) => { asked = a; return '21 degrees'; } }] });
    must(r.content.map((b) => b.text ?? '').join('').includes('21 degrees'), r.content);
    same(asked, { city: 'Paris' }, 'arguments');
  },
  'model by alias': async (family) => must((await client.models.retrieve('fast-' + family)).id === 'fast-' + family, 'its id'),
};

async function retried() {
  const begin = Date.now();
  const e = await client.messages.create({ model: model('openai', 'error-429'), max_tokens: 9, messages: hello }, { maxRetries: 1 }).catch((e) => e);
  must(e instanceof Anthropic.RateLimitError && Date.now() - begin > 6900, `${e.name} after ${Date.now() - begin} ms`);
  same((await taken()).length, 2, 'requests at the provider');
}

if (!SHORT && process.argv[1].endsWith('suite-anthropic.mjs')) {
  await run(messages('anthropic', client));
  for (const family of FAMILIES) {
    for (const [call, f] of Object.entries(own)) await check({ sdk: 'anthropic', family, call }, () => f(family));
    await counting('anthropic', family, async () => (await client.messages.countTokens({ model: model(family, 'text'), messages: hello })).input_tokens, error);
  }
  await check({ sdk: 'anthropic', family: 'anthropic', call: 'betas and unknown fields' }, async () => {
    await client.beta.messages.create({ model: model('anthropic', 'text'), max_tokens: 9, messages: hello, betas: ['context-1m-2025-08-07'], x_future: { a: 1 } });
    const [r] = await taken();
    must(r.headers['Anthropic-Beta']?.[0].includes('context-1m-2025-08-07') && r.json.x_future.a === 1, r);
  });
  await check({ sdk: 'anthropic', family: 'bedrock', call: 'cache point' }, async () => {
    await client.messages.create({ model: model('bedrock', 'text'), max_tokens: 9, system: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral' } }], messages: hello });
    must((await received())[1].system.some((b) => b.cachePoint), 'a cachePoint');
  });
  await check({ sdk: 'anthropic', call: 'bare address' }, async () => {
    const bare = new Anthropic({ baseURL: GATEWAY, apiKey: KEY, maxRetries: 0 });
    same((await bare.messages.create({ model: 'fast-gemini', max_tokens: 9, messages: hello })).content[0].text, TEXT, 'text');
  });
  await check({ sdk: 'anthropic', call: 'models' }, async () => {
    const ids = [];
    for await (const m of client.models.list()) ids.push(m.id);
    must(ids.includes('fast-gemini'), ids);
  });
  await check({ sdk: 'anthropic', call: 'wrong key' }, async () => {
    const e = await client.withOptions({ apiKey: 'vk-wrong' }).messages.create({ model: 'fast-gemini', max_tokens: 9, messages: hello }).catch((e) => e);
    must(e instanceof Anthropic.AuthenticationError && e.requestID, e);
  });
  await check({ sdk: 'anthropic', call: 'retry after a 429' }, retried);
}
