// The SDKs of Cohere, Mistral, Groq and Ollama, and LangChain's models.
import { FAMILIES, GATEWAY, KEY, SHORT, check, load, model, must, same } from './check.mjs';
import { run } from './calls.mjs';
import { chat, error as openaiError } from './suite-openai.mjs';

const functions = (q) => q.tools.map((t) => ({ type: 'function', function: { name: t.name, description: t.description, parameters: t.schema } }));
const url = (f) => f.url ?? `data:${f.type};base64,${f.data}`;

// joined gathers the calls of a stream, whose arguments come in pieces.
const joined = (calls) => calls.filter(Boolean).map((c) => ({ id: c.id, name: c.name, args: JSON.parse(c.text || '{}') }));

async function cohere() {
  const { CohereClientV2, CohereError } = await load('cohere-ai');
  const client = new CohereClientV2({ token: KEY, environment: GATEWAY + '/cohere', baseUrl: GATEWAY + '/cohere' });
  const options = (q) => ({ maxRetries: 0, abortSignal: q?.signal });
  const error = (e) => ({ typed: e instanceof CohereError, status: e.statusCode, message: e.message, requestId: e.rawResponse?.headers.get('x-request-id') ?? e.body?.id ?? e.body?.request_id });
  const answer = (m, finish, u) => ({
    text: (m.content ?? []).filter((c) => c.type === 'text').map((c) => c.text).join(''), think: (m.content ?? []).filter((c) => c.type === 'thinking').map((c) => c.thinking).join(''),
    native: m, finish: { COMPLETE: 'stop', MAX_TOKENS: 'length', TOOL_CALL: 'tool', STOP_SEQUENCE: 'sequence', ERROR: 'refuse', ERROR_TOXIC: 'refuse' }[finish] ?? finish,
    calls: (m.toolCalls ?? []).map((c) => ({ id: c.id, name: c.function.name, args: JSON.parse(c.function.arguments) })), usage: { in: u.tokens.inputTokens, out: u.tokens.outputTokens },
  });
  const d = {
    // It has no place for the signature that Gemini's calls carry; the newer models do without.
    model: (family, scenario) => (family === 'gemini' ? 'gemini/gemini-3-pro-' : model(family, '')) + scenario,
    sdk: 'cohere-ai', error, can: { choice: true, none: true, think: true, stop: true, url: true },
    no: { named: 'chat cannot name the tool', oneCall: 'chat cannot forbid parallel calls', pdf: 'chat takes no files but images' },
    ask: async (q) => {
      const body = {
        model: q.model, maxTokens: q.max, stopSequences: q.stop,
        messages: [...(q.system ? [{ role: 'system', content: q.system }] : []), ...q.turns.flatMap((t) => (t.user ? [{ role: 'user', content: [{ type: 'text', text: t.user }, ...(t.files ?? []).map((f) => ({ type: 'image_url', imageUrl: { url: url(f) } }))] }]
          : t.reply ? [t.reply.native ?? { role: 'assistant', content: t.reply.text }] : t.results.map((r) => ({ role: 'tool', toolCallId: r.call.id, content: r.text }))))],
        ...(q.tools.length && { tools: functions(q) }), ...(q.choice && q.choice !== 'auto' && { toolChoice: q.choice === 'any' ? 'REQUIRED' : 'NONE' }),
        ...(q.schema && { responseFormat: { type: 'json_object', jsonSchema: q.schema } }), ...(q.think && { thinking: { type: 'enabled', tokenBudget: 2048 } }),
      };
      if (!q.stream) { const r = await client.chat(body, options(q)); return answer(r.message, r.finishReason, r.usage); }
      const m = { role: 'assistant', content: [], toolCalls: [] };
      let end;
      for await (const e of await client.chatStream(body, options(q))) {
        const d = e.delta?.message;
        if (e.type === 'content-start') m.content[e.index] = { ...d.content };
        if (e.type === 'content-delta') for (const k of ['text', 'thinking', 'signature']) if (d.content[k] !== undefined) m.content[e.index][k] = (m.content[e.index][k] ?? '') + d.content[k];
        if (e.type === 'tool-plan-delta') m.toolPlan = (m.toolPlan ?? '') + d.toolPlan;
        if (e.type === 'tool-call-start') m.toolCalls[e.index] = structuredClone(d.toolCalls);
        if (e.type === 'tool-call-delta') m.toolCalls[e.index].function.arguments += d.toolCalls.function.arguments;
        if (e.type === 'message-end') end = e.delta;
      }
      must(end && !end.error, `the stream has no end: ${end?.error}`);
      m.content = m.content.filter(Boolean); m.toolCalls = m.toolCalls.filter(Boolean);
      if (!m.toolCalls.length) delete m.toolCalls;
      if (!m.content.length) delete m.content;
      return answer(m, end.finishReason, end.usage);
    },
  };
  await run(d);
  for (const family of FAMILIES.filter((f) => ['openai', 'gemini', 'cohere', 'bedrock'].includes(f))) {
    const name = { gemini: 'gemini/gemini-embedding-text', bedrock: 'bedrock/cohere.embed-english-v3', cohere: 'cohere/embed-v4.0' }[family] ?? model(family, 'text');
    await check({ sdk: d.sdk, family, call: 'embeddings' }, async () => same((await client.embed({ model: name, texts: ['a', 'b'], inputType: 'search_document', embeddingTypes: ['float'] })).embeddings.float.map((v) => v[0]), [0.125, 0.25], 'vectors'));
  }
  await check({ sdk: d.sdk, family: 'cohere', call: 'rerank' }, async () => same((await client.rerank({ model: 'cohere/rerank-v3.5', query: 'q', documents: ['a', 'b'] })).results.map((r) => r.index), [1, 0], 'order'));
}

async function mistral() {
  const { Mistral } = await load('@mistralai/mistralai');
  const client = new Mistral({ apiKey: KEY, serverURL: GATEWAY + '/mistral', retryConfig: { strategy: 'none' } });
  const text = (c) => (typeof c === 'string' ? c : (c ?? []).map((p) => p.text ?? '').join(''));
  const error = (e) => ({ typed: e.name === 'SDKError' || e.name === 'HTTPValidationError', status: e.statusCode, message: e.message, requestId: e.headers?.get('x-request-id') });
  const think = (c) => (Array.isArray(c) ? c.filter((p) => p.type === 'thinking').flatMap((p) => p.thinking.map((t) => t.text)).join('') : '');
  const signs = (c) => (Array.isArray(c) ? c.find((p) => p.signature)?.signature : undefined);
  const answer = (m, finish, u, calls) => ({ text: text(m.content), think: think(m.content), native: m, finish: { tool_calls: 'tool', content_filter: 'refuse' }[finish] ?? finish, calls, usage: { in: u.promptTokens, out: u.completionTokens, total: u.totalTokens } });
  const args = (a) => (typeof a === 'string' ? a : JSON.stringify(a));
  await run({
    // It has no place for the signature that Gemini's calls carry; the newer models do without.
    model: (family, scenario) => (family === 'gemini' ? 'gemini/gemini-3-pro-' : model(family, '')) + scenario,
    sdk: 'mistralai', error,
    can: { choice: true, named: true, none: true, oneCall: true, pdf: true, url: true, think: true, stop: true },
    ask: async (q) => {
      const body = {
        model: q.model, maxTokens: q.max, stop: q.stop,
        messages: [...(q.system ? [{ role: 'system', content: q.system }] : []), ...q.turns.flatMap((t) => (t.user ? [{ role: 'user', content: t.files ? [{ type: 'text', text: t.user }, ...t.files.map((f) => (f.type === 'application/pdf' ? { type: 'document_url', documentUrl: url(f) } : { type: 'image_url', imageUrl: url(f) }))] : t.user }]
          : t.reply ? [t.reply.native ?? { role: 'assistant', content: t.reply.text }] : t.results.map((r) => ({ role: 'tool', toolCallId: r.call.id, name: r.call.name, content: r.text }))))],
        ...(q.tools.length && { tools: functions(q) }), ...(q.choice && { toolChoice: q.choice[0] === '=' ? { type: 'function', function: { name: q.choice.slice(1) } } : q.choice }),
        ...(q.schema && { responseFormat: { type: 'json_schema', jsonSchema: { name: 'a', strict: true, schemaDefinition: q.schema } } }),
        ...(q.parallel === false && { parallelToolCalls: false }), ...(q.think && { reasoningEffort: 'high' }),
      };
      const options = { fetchOptions: { signal: q.signal } };
      if (!q.stream) {
        const r = await client.chat.complete(body, options), c = r.choices[0];
        return answer(c.message, c.finishReason, r.usage, (c.message.toolCalls ?? []).map((t) => ({ id: t.id, name: t.function.name, args: JSON.parse(args(t.function.arguments)) })));
      }
      const m = { role: 'assistant', content: '' }, calls = [];
      let finish, usage, thought = '', sign;
      for await (const { data } of await client.chat.stream(body, options)) {
        usage = data.usage ?? usage;
        for (const { delta, finishReason } of data.choices) {
          finish = finishReason ?? finish;
          m.content += text(delta.content);
          thought += think(delta.content); sign = signs(delta.content) ?? sign;
          for (const t of delta.toolCalls ?? []) { const c = (calls[t.index ?? 0] ??= { id: t.id, name: '', text: '' }); c.name ||= t.function.name; c.text += args(t.function.arguments); }
        }
      }
      must(finish, 'the stream has no end');
      if (calls.length) m.toolCalls = calls.map((c) => ({ id: c.id, function: { name: c.name, arguments: c.text } }));
      if (thought) m.content = [{ type: 'thinking', thinking: [{ type: 'text', text: thought }], ...(sign && { signature: sign }), closed: true }, { type: 'text', text: m.content }];
      return answer(m, finish, usage ?? {}, joined(calls));
    },
  });
}

async function groq() {
  const { default: Groq } = await load('groq-sdk');
  const client = new Groq({ apiKey: KEY, baseURL: GATEWAY, maxRetries: 0 }); // it appends /openai/v1
  const d = chat('groq-sdk', client);
  await run({ ...d, error: (e) => ({ typed: e instanceof Groq.APIError, status: e.status, message: e.message, wait: e.headers?.get?.('retry-after') }) });
}

async function langchain() {
  const { ChatOpenAI } = await load('@langchain/openai');
  const { ChatAnthropic } = await load('@langchain/anthropic');
  const { HumanMessage, AIMessage, SystemMessage, ToolMessage } = await load('@langchain/core/messages');
  const makers = {
    'langchain openai': [(q) => new ChatOpenAI({ model: q.model, apiKey: KEY, maxRetries: 0, maxTokens: q.max, streamUsage: true, ...(q.think && { modelKwargs: { reasoning_effort: 'medium' } }), configuration: { baseURL: GATEWAY + '/langchain/v1' } }), { oneCall: true, stop: true, think: true }, {}],
    'langchain responses': [(q) => new ChatOpenAI({ model: q.model, apiKey: KEY, maxRetries: 0, maxTokens: q.max, useResponsesApi: true, zdrEnabled: true, ...(q.think && { reasoning: { effort: 'medium', summary: 'auto' } }), configuration: { baseURL: GATEWAY + '/v1' } }), { oneCall: true, think: true, hidesThought: ['gemini'] }, // of several items of reasoning it keeps the last
      { choice: 'it sends the name of a tool only', none: 'it sends the name of a tool only', stop: 'the Responses API has no stop sequences' }],
    'langchain anthropic': [(q) => new ChatAnthropic({ model: q.model, apiKey: KEY, maxRetries: 0, maxTokens: q.max ?? 4000, ...(q.think && { thinking: { type: 'enabled', budget_tokens: 2048 } }), anthropicApiUrl: GATEWAY + '/anthropic', streamUsage: true }), { oneCall: true, stop: true, think: true }, {}],
  };
  const file = (f, sdk) => (f.type !== 'application/pdf' ? { type: 'image_url', image_url: { url: url(f) } }
    : sdk === 'langchain anthropic' ? { type: 'document', source: { type: 'base64', media_type: f.type, data: f.data } } 
      : sdk === 'langchain responses' ? { type: 'file', source_type: 'base64', mime_type: f.type, data: f.data, metadata: { filename: 'a.pdf' } } : { type: 'file', file: { filename: 'a.pdf', file_data: url(f) } });
  const thought = (r) => r.additional_kwargs.reasoning_content ?? r.contentBlocks.filter((b) => b.type === 'reasoning').map((b) => b.reasoning).join('');
  for (const [sdk, [make, can, no]] of Object.entries(makers)) {
    await run({
      // Its messages of Chat Completions keep no signature of Gemini's calls; the newer models do without.
      model: (family, scenario) => (sdk === 'langchain openai' && family === 'gemini' ? 'gemini/gemini-3-pro-' : model(family, '')) + scenario,
      sdk, can: { choice: !no.choice, none: !no.none, named: true, pdf: true, url: true, ...can, hidesRefusal: ['openai', 'responses'] }, no, error: (e) => ({ ...openaiError(e), typed: Boolean(e.status), requestId: e.requestID ?? e.request_id ?? true }),
      ask: async (q) => {
        const parts = (t) => (t.files ? [{ type: 'text', text: t.user }, ...t.files.map((f) => file(f, sdk))] : t.user);
        const messages = [...(q.system ? [new SystemMessage(q.system)] : []), ...q.turns.flatMap((t) => (t.user ? [new HumanMessage({ content: parts(t) })] : t.reply ? [t.reply.native ?? new AIMessage(t.reply.text)]
          : t.results.map((r) => new ToolMessage({ content: r.text, tool_call_id: r.call.id, name: r.call.name }))))];
        let m = make(q);
        if (q.schema) { const r = await m.withStructuredOutput(q.schema, { name: 'answer', includeRaw: true }).invoke(messages, { signal: q.signal }); return { text: JSON.stringify(r.parsed) }; }
        if (q.tools.length) m = m.bindTools(functions(q), { tool_choice: q.choice === 'any' && sdk !== 'langchain anthropic' ? 'required' : q.choice?.replace('=', ''), ...(q.parallel === false && (sdk === 'langchain anthropic' ? { tool_choice: { type: 'auto', disable_parallel_tool_use: true } } : { parallel_tool_calls: false })) });
        const options = { signal: q.signal, ...(q.stop && { stop: q.stop }) };
        let r;
        if (q.stream) { for await (const c of await m.stream(messages, options)) r = r ? r.concat(c) : c; } else r = await m.invoke(messages, options);
        const meta = r.response_metadata, finish = meta.finish_reason ?? meta.stop_reason ?? r.additional_kwargs?.stop_reason ?? (meta.incomplete_details?.reason) ?? (meta.status === 'completed' ? 'stop' : undefined);
        const u = r.usage_metadata;
        return {
          text: r.text, think: thought(r), native: r, refusal: r.additional_kwargs?.refusal, calls: r.tool_calls.map((c) => ({ id: c.id, name: c.name, args: c.args })), // It adds what the first event of Messages counts to what the last one does.
          usage: q.stream && sdk === 'langchain anthropic' ? {} : { in: u?.input_tokens, out: u?.output_tokens, total: u?.total_tokens },
          finish: r.tool_calls.length ? 'tool' : { end_turn: 'stop', max_tokens: 'length', max_output_tokens: 'length', content_filter: 'refuse', refusal: 'refuse', stop_sequence: 'sequence' }[finish] ?? finish,
        };
      },
    });
  }
}

async function ollama() {
  const { Ollama } = await load('ollama');
  await run({
    sdk: 'ollama', can: { noIDs: true, toolEndsAsStop: true, think: true, stop: true, hidesThought: ['gemini'] },
    no: { choice: 'it has no choice of tools', none: 'it has no choice of tools', named: 'it has no choice of tools', oneCall: 'it cannot forbid parallel calls', url: 'it takes the bytes of images only', pdf: 'it takes no files but images' },
    model: (family, scenario) => (family === 'gemini' ? 'gemini/gemini-3-pro-' : model(family, '')) + scenario,
    error: (e) => ({ typed: e.name === 'ResponseError', status: e.status_code, message: e.message }),
    ask: async (q) => {
      const client = new Ollama({ host: GATEWAY + '/ollama', headers: { Authorization: 'Bearer ' + KEY } });
      q.signal?.addEventListener('abort', () => client.abort());
      const body = {
        model: q.model, stream: q.stream, ...(q.tools.length && { tools: functions(q) }), ...(q.schema && { format: q.schema }), ...(q.think && { think: true }),
        options: { ...(q.max && { num_predict: q.max }), ...(q.stop && { stop: q.stop }) },
        messages: [...(q.system ? [{ role: 'system', content: q.system }] : []), ...q.turns.flatMap((t) => (t.user ? [{ role: 'user', content: t.user, ...(t.files && { images: t.files.map((f) => f.data) }) }]
          : t.reply ? [t.reply.native ?? { role: 'assistant', content: t.reply.text }] : [...t.results].sort((a, b) => a.call.n - b.call.n).map((r) => ({ role: 'tool', tool_name: r.call.name, content: r.text }))))],
      };
      const m = { role: 'assistant', content: '' };
      let end;
      for await (const r of q.stream ? await client.chat(body) : [await client.chat(body)]) {
        m.content += r.message.content ?? '';
        if (r.message.thinking) m.thinking = (m.thinking ?? '') + r.message.thinking;
        if (r.message.tool_calls) (m.tool_calls ??= []).push(...r.message.tool_calls);
        if (r.done) end = r;
      }
      must(end, 'the stream has no end');
      return {
        text: m.content, think: m.thinking ?? '', native: m, finish: { content_filter: 'refuse' }[end.done_reason] ?? end.done_reason, calls: (m.tool_calls ?? []).map((c, n) => ({ n, name: c.function.name, args: c.function.arguments })),
        usage: { in: end.prompt_eval_count, out: end.eval_count },
      };
    },
  });
}

if (!SHORT) for (const f of [cohere, mistral, groq, langchain, ollama]) await f();
