// The openai SDK: Chat Completions and Responses.
import { FAMILIES, GATEWAY, KEY, SHORT, check, counting, load, model, must, received, same, taken } from './check.mjs';
import { SCHEMA, TEXT, VALUE, run } from './calls.mjs';

const { default: OpenAI, AzureOpenAI } = await load('openai');
const client = new OpenAI({ baseURL: GATEWAY + '/v1', apiKey: KEY, maxRetries: 0 });

export const error = (e) => ({
  typed: e instanceof OpenAI.APIError && e.constructor !== OpenAI.APIError && e.constructor !== OpenAI.APIConnectionError || e.status === 413,
  status: e.status, requestId: e.requestID, message: e.message, wait: e.headers?.get?.('retry-after'),
});

const url = (f) => f.url ?? `data:${f.type};base64,${f.data}`;

// chat is the driver of Chat Completions of a client; Groq's and Azure's are alike.
export function chat(sdk, client, can = {}, more = {}) {
  const parts = (t) => (t.files ? [{ type: 'text', text: t.user }, ...t.files.map((f) => (f.type === 'application/pdf'
    ? { type: 'file', file: { filename: 'a.pdf', file_data: url(f) } } : { type: 'image_url', image_url: { url: url(f) } }))] : t.user);
  const body = (q) => ({
    model: q.model, ...more,
    messages: [...(q.system ? [{ role: 'system', content: q.system }] : []), ...q.turns.flatMap((t) => (t.user ? [{ role: 'user', content: parts(t) }]
      : t.reply ? [t.reply.native ?? { role: 'assistant', content: t.reply.text }]
        : t.results.map((r) => ({ role: 'tool', tool_call_id: r.call.id, content: r.text }))))],
    ...(q.tools.length && { tools: q.tools.map((t) => ({ type: 'function', function: { name: t.name, description: t.description, parameters: t.schema } })) }),
    ...(q.choice && { tool_choice: q.choice[0] === '=' ? { type: 'function', function: { name: q.choice.slice(1) } } : q.choice === 'any' ? 'required' : q.choice }),
    ...(q.parallel === false && { parallel_tool_calls: false }),
    ...(q.schema && { response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: q.schema } } }),
    ...(q.think && { reasoning_effort: 'medium' }), ...(q.max && { max_completion_tokens: q.max }), ...(q.stop && { stop: q.stop }),
  });
  const answer = (r) => {
    const { message: m, finish_reason } = r.choices[0], u = r.usage;
    return {
      text: m.content ?? '', refusal: m.refusal, think: m.reasoning_content ?? m.reasoning ?? '', native: m,
      finish: { tool_calls: 'tool', content_filter: 'refuse' }[finish_reason] ?? finish_reason,
      calls: (m.tool_calls ?? []).map((c) => ({ id: c.id, name: c.function.name, args: JSON.parse(c.function.arguments) })),
      usage: { in: u.prompt_tokens, out: u.completion_tokens, total: u.total_tokens, cached: u.prompt_tokens_details?.cached_tokens ?? 0, thought: u.completion_tokens_details?.reasoning_tokens ?? 0 },
    };
  };
  return {
    sdk, error, can: { choice: true, none: true, named: true, oneCall: true, pdf: true, url: true, think: true, stop: true, ...can },
    ask: async (q) => {
      if (!q.stream) return answer(await client.chat.completions.create(body(q), { signal: q.signal }));
      return answer(await gather(await client.chat.completions.create({ ...body(q), stream: true, stream_options: { include_usage: true } }, { signal: q.signal })));
    },
  };
}

// gather joins the chunks of a stream by the rules of the format.
async function gather(stream) {
  const m = { role: 'assistant', content: null }, choice = { message: m, finish_reason: null };
  let usage;
  for await (const c of stream) {
    usage = c.usage ?? usage;
    must(c.object === 'chat.completion.chunk' && c.id && c.model, c);
    for (const { delta, finish_reason } of c.choices) {
      choice.finish_reason = finish_reason ?? choice.finish_reason;
      for (const k of ['content', 'refusal', 'reasoning_content', 'reasoning']) if (delta[k] != null) m[k] = (m[k] ?? '') + delta[k];
      for (const t of delta.tool_calls ?? []) {
        const have = ((m.tool_calls ??= [])[t.index] ??= { id: '', type: 'function', function: { name: '', arguments: '' } });
        have.id += t.id ?? ''; have.function.name += t.function?.name ?? ''; have.function.arguments += t.function?.arguments ?? '';
        for (const k of Object.keys(t)) if (!['id', 'index', 'type', 'function'].includes(k)) have[k] = t[k];
      }
      for (const t of delta.reasoning_details ?? []) {
        const have = (m.reasoning_details ??= []).find((d) => d.index === t.index && d.type === t.type);
        if (!have) m.reasoning_details.push({ ...t });
        else for (const k of ['text', 'data', 'summary', 'signature']) if (t[k] != null) have[k] = (have[k] ?? '') + t[k];
      }
    }
  }
  must(choice.finish_reason, 'the stream has no end');
  must(usage, 'the stream has no usage');
  return { choices: [choice], usage };
}

const responses = {
  sdk: 'openai responses', error, can: { choice: true, none: true, named: true, oneCall: true, pdf: true, url: true, think: true }, no: { stop: 'the Responses API has no stop sequences' },
  ask: async (q) => {
    const parts = (t) => [{ type: 'input_text', text: t.user }, ...(t.files ?? []).map((f) => (f.type === 'application/pdf'
      ? { type: 'input_file', filename: 'a.pdf', file_data: url(f) } : { type: 'input_image', detail: 'auto', image_url: url(f) }))];
    const body = {
      model: q.model, store: false, instructions: q.system,
      input: q.turns.flatMap((t) => (t.user ? [{ role: 'user', content: parts(t) }]
        : t.reply ? t.reply.native ?? [{ role: 'assistant', content: t.reply.text }]
          : t.results.map((r) => ({ type: 'function_call_output', call_id: r.call.id, output: r.text })))),
      tools: q.tools.map((t) => ({ type: 'function', name: t.name, description: t.description, parameters: t.schema, strict: true })),
      ...(q.choice && { tool_choice: q.choice[0] === '=' ? { type: 'function', name: q.choice.slice(1) } : q.choice === 'any' ? 'required' : q.choice }),
      ...(q.parallel === false && { parallel_tool_calls: false }),
      ...(q.schema && { text: { format: { type: 'json_schema', name: 'answer', strict: true, schema: q.schema } } }),
      ...(q.think && { reasoning: { effort: 'medium', summary: 'auto' }, include: ['reasoning.encrypted_content'] }), ...(q.max && { max_output_tokens: q.max }),
    };
    // The helper's accumulator throws on events that do not fit each other.
    const r = q.stream ? await finished(client.responses.stream(body, { signal: q.signal })) : await client.responses.create(body, { signal: q.signal });
    const u = r.usage, refusal = r.output.flatMap((o) => o.content ?? []).find((c) => c.type === 'refusal')?.refusal;
    const calls = r.output.filter((o) => o.type === 'function_call').map((o) => ({ id: o.call_id, name: o.name, args: JSON.parse(o.arguments) }));
    must(r.status !== 'failed' && r.status !== 'in_progress', `status ${r.status}: ${r.error?.message}`);
    return {
      text: r.output_text, refusal, native: r.output, calls,
      finish: r.status === 'incomplete' ? { max_output_tokens: 'length', content_filter: 'refuse' }[r.incomplete_details.reason] : calls.length ? 'tool' : refusal ? 'refuse' : 'stop',
      think: r.output.filter((o) => o.type === 'reasoning').flatMap((o) => [...o.summary, ...(o.content ?? [])]).map((s) => s.text).join(''),
      usage: { in: u.input_tokens, out: u.output_tokens, total: u.total_tokens, cached: u.input_tokens_details.cached_tokens, thought: u.output_tokens_details.reasoning_tokens },
    };
  },
};

async function finished(stream) {
  let n = -1;
  stream.on('event', (e) => { if (e.sequence_number !== undefined) { must(e.sequence_number > n, `sequence ${e.sequence_number} after ${n}`); n = e.sequence_number; } });
  const r = await stream.finalResponse();
  r.output_text ??= r.output.flatMap((o) => o.content ?? []).filter((c) => c.type === 'output_text').map((c) => c.text).join('');
  return r;
}

// What the SDK does beside plain calls.
const own = {
  'parse helper': async (family) => {
    const r = await client.chat.completions.parse({ model: model(family, 'schema'), messages: [{ role: 'user', content: 'Hi' }], response_format: { type: 'json_schema', json_schema: { name: 'a', strict: true, schema: SCHEMA }, $parseRaw: JSON.parse, $brand: 'auto-parseable-response-format' } });
    same(r.choices[0].message.parsed ?? JSON.parse(r.choices[0].message.content), VALUE, 'parsed');
  },
  'stream helper': async (family) => {
    const r = await client.chat.completions.stream({ model: model(family, 'text'), messages: [{ role: 'user', content: 'Hi' }] }).finalChatCompletion();
    same(r.choices[0].message.content, TEXT, 'text');
  },
  'tool runner': async (family) => {
    let asked;
    const runner = client.chat.completions.runTools({ model: model(family, 'tool'), messages: [{ role: 'user', content: 'Hi' }], stream: true,
      tools: [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } }, parse: JSON.parse, function: (a) => { asked = a; return '21 degrees'; } } }] });
    must((await runner.finalContent()).includes('21 degrees'), 'the result');
    same(asked, { city: 'Paris' }, 'arguments');
  },
  'responses parse': async (family) => {
    const r = await client.responses.parse({ model: model(family, 'schema'), input: 'Hi', text: { format: { type: 'json_schema', name: 'a', strict: true, schema: SCHEMA } } });
    same(r.output_parsed ?? JSON.parse(r.output_text), VALUE, 'parsed');
  },
  'model by alias': async (family) => must((await client.models.retrieve('fast-' + family)).id === 'fast-' + family, 'its id'),
};

async function embeddings(family) {
  const name = { gemini: 'gemini/gemini-embedding-text', bedrock: 'bedrock/cohere.embed-english-v3', cohere: 'cohere/embed-v4.0' }[family] ?? model(family, 'text');
  const many = await client.embeddings.create({ model: name, input: ['a', 'b', 'c'] });
  same(many.data.map((d) => d.embedding[0]), [0.125, 0.25, 0.375], 'vectors');
  same(many.data.map((d) => d.index), [0, 1, 2], 'order');
  same((await client.embeddings.create({ model: name, input: 'a', encoding_format: 'float' })).data[0].embedding.length, 8, 'dimensions');
}

async function retried() {
  const begin = Date.now();
  const e = await client.chat.completions.create({ model: model('anthropic', 'error-429'), messages: [{ role: 'user', content: 'Hi' }] }, { maxRetries: 1 }).catch((e) => e);
  must(e instanceof OpenAI.RateLimitError && Date.now() - begin > 6900, `${e.name} after ${Date.now() - begin} ms`);
  same((await taken()).length, 2, 'requests at the provider');
}

if (process.argv[1].endsWith('suite-openai.mjs')) {
  await run(chat('openai chat', client), { cannot: {} });
  await run(responses);
  for (const family of FAMILIES) {
    await counting('openai responses', family, async () => (await client.responses.inputTokens.count({ model: model(family, 'text'), input: 'Hi' })).input_tokens, error);
    for (const [call, f] of Object.entries(own)) await check({ sdk: 'openai', family, call }, () => f(family));
    if (!['anthropic', 'responses'].includes(family)) await check({ sdk: 'openai', family, call: 'embeddings' }, () => embeddings(family));
    await check({ sdk: 'openai', family, call: 'seed and choices' }, async () => {
      await client.chat.completions.create({ model: model(family, 'text'), messages: [{ role: 'user', content: 'Hi' }], seed: 7, temperature: 0.5, top_p: 0.9, frequency_penalty: 0.5, user: 'u' });
      const body = JSON.stringify((await received())[1]);
      must(body.includes('0.5'), body);
    });
  }
  await check({ sdk: 'openai', family: 'openai', call: 'unknown fields' }, async () => {
    await client.chat.completions.create({ model: model('openai', 'text'), messages: [{ role: 'user', content: 'Hi' }], x_future: { a: [1, null] } });
    same((await received())[1].x_future, { a: [1, null] }, 'field at the provider');
  });
  await check({ sdk: 'openai', call: 'models' }, async () => must((await client.models.list()).data.some((m) => m.id === 'fast-gemini'), 'the aliases'));
  await check({ sdk: 'openai', call: 'wrong key' }, async () => {
    const e = await client.withOptions({ apiKey: 'vk-wrong' }).chat.completions.create({ model: 'fast-gemini', messages: [] }).catch((e) => e);
    must(e instanceof OpenAI.AuthenticationError && e.requestID, e);
  });
  if (!SHORT) {
    await check({ sdk: 'openai', call: 'retry after a 429' }, retried);
    const azure = new AzureOpenAI({ endpoint: GATEWAY + '/openai', apiVersion: '2025-01-01', apiKey: KEY, maxRetries: 0 });
    await run(chat('openai AzureOpenAI', azure), { families: FAMILIES.filter((f) => ['openai', 'anthropic'].includes(f)) });
  }
}
