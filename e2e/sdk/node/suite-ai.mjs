// The AI SDK with the providers that belong to it; their schemas are strict about every chunk.
import { FAMILIES, GATEWAY, KEY, SHORT, check, load, model, must, same } from './check.mjs';
import { SCHEMA, VALUE, run } from './calls.mjs';

const { generateText, streamText, generateObject, streamObject, embedMany, rerank, tool, jsonSchema, Output, APICallError } = await load('ai');
globalThis.AI_SDK_LOG_WARNINGS = false;

const providers = {
  openai: async () => { const p = (await load('@ai-sdk/openai')).createOpenAI({ baseURL: GATEWAY + '/v1', apiKey: KEY }); return { model: p, embed: p.embedding, url: true, one: { openai: { parallelToolCalls: false } }, options: { openai: { reasoningEffort: 'medium', reasoningSummary: 'auto', forceReasoning: true, store: false } } }; },
  'openai chat': async () => { const p = (await load('@ai-sdk/openai')).createOpenAI({ baseURL: GATEWAY + '/v1', apiKey: KEY }); return { model: p.chat, url: true, one: { openai: { parallelToolCalls: false } }, hides: true, options: { openai: { reasoningEffort: 'medium', forceReasoning: true } } }; },
  anthropic: async () => ({ model: (await load('@ai-sdk/anthropic')).createAnthropic({ baseURL: GATEWAY + '/anthropic/v1', apiKey: KEY }), url: true, one: { anthropic: { disableParallelToolUse: true } }, options: { anthropic: { thinking: { type: 'enabled', budgetTokens: 2048 } } } }),
  google: async () => { const p = (await load('@ai-sdk/google')).createGoogleGenerativeAI({ baseURL: GATEWAY + '/genai/v1beta', apiKey: KEY }); return { model: p, embed: p.embedding, options: { google: { thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 } } } }; },
  'amazon-bedrock': async () => ({ model: (await load('@ai-sdk/amazon-bedrock')).createAmazonBedrock({ baseURL: GATEWAY + '/bedrock', region: 'us-east-1', apiKey: KEY }), options: { bedrock: { reasoningConfig: { type: 'enabled', budgetTokens: 2048, maxReasoningEffort: 'medium' } } } }),
  cohere: async () => { const p = (await load('@ai-sdk/cohere')).createCohere({ baseURL: GATEWAY + '/cohere/v2', apiKey: KEY }); return { model: p, embed: p.embedding, rerank: p.reranking, options: { cohere: { thinking: { type: 'enabled', tokenBudget: 2048 } } } }; },
  mistral: async () => ({ model: (await load('@ai-sdk/mistral')).createMistral({ baseURL: GATEWAY + '/mistral/v1', apiKey: KEY }), one: { mistral: { parallelToolCalls: false } }, options: { mistral: { reasoningEffort: 'high' } } }),
  azure: async () => ({ model: (await load('@ai-sdk/azure')).createAzure({ baseURL: GATEWAY + '/openai', apiKey: KEY, useDeploymentBasedUrls: true }).chat, url: true, one: { openai: { parallelToolCalls: false } }, hides: true, options: { openai: { reasoningEffort: 'medium', forceReasoning: true } } }),
  'openai-compatible': async () => ({ model: (await load('@ai-sdk/openai-compatible')).createOpenAICompatible({ name: 'asbru', baseURL: GATEWAY + '/v1', apiKey: KEY, includeUsage: true, supportsStructuredOutputs: true, supportedUrls: () => ({ 'image/*': [/^https:/] }) }), url: true, one: { asbru: { parallel_tool_calls: false } }, options: { asbru: { reasoningEffort: 'medium' } } }),
};

const error = (e) => { const at = APICallError.isInstance(e) ? e : e?.lastError ?? e?.cause ?? e; return { typed: APICallError.isInstance(at), status: at.statusCode, requestId: at.responseHeaders?.['x-request-id'], message: at.message, wait: at.responseHeaders?.['retry-after'] }; };

// FORGETS are SDKs whose messages have no place for the signature that Gemini's calls carry:
// they are spared it by a generation of models that has a word for that.
const FORGETS = ['openai chat', 'cohere', 'mistral', 'azure', 'openai-compatible'];

export function driver(name, p) {
  const part = (f) => ({ type: 'file', mediaType: f.type, data: f.url ? new URL(f.url) : f.data, ...(f.type === 'application/pdf' && { filename: 'a.pdf' }) });
  return {
    sdk: 'ai ' + name, error, model: (family, scenario) => (family === 'gemini' && FORGETS.includes(name) ? 'gemini/gemini-3-pro-' + scenario : model(family, scenario)), can: { choice: true, none: name !== 'amazon-bedrock', named: name !== 'cohere', oneCall: Boolean(p.one), pdf: name !== 'cohere', url: p.url, think: Boolean(p.options), stop: name !== 'openai', hidesThought: p.hides === true ? FAMILIES : p.hides, hidesRefusal: ['openai', 'responses'], strictSources: name === 'cohere' && 'cohere', waitInBody: ['google', 'google-vertex'].includes(name) && 'gemini' },
    no: {
      none: 'Converse has no such choice', named: 'Cohere cannot be told which tool to call', oneCall: 'its format cannot forbid parallel calls', stop: 'the Responses API has no stop sequences', sources: 'its schema wants sources of another form than citations have',
      pdf: 'Cohere takes no files but images', url: 'it fetches what an address leads to, and sends the bytes',
    },
    ask: async (q) => {
      const more = {
        model: p.model(q.model), abortSignal: q.signal, maxRetries: 0, instructions: q.system, maxOutputTokens: q.max, stopSequences: q.stop,
        messages: q.turns.flatMap((t) => (t.user ? [{ role: 'user', content: [{ type: 'text', text: t.user }, ...(t.files ?? []).map(part)] }]
          : t.reply ? t.reply.native ?? [{ role: 'assistant', content: t.reply.text }]
            : [{ role: 'tool', content: t.results.map((r) => ({ type: 'tool-result', toolCallId: r.call.id, toolName: r.call.name, output: { type: 'text', value: r.text } })) }])),
        ...(q.tools.length && { tools: Object.fromEntries(q.tools.map((t) => [t.name, tool({ description: t.description, inputSchema: jsonSchema(t.schema) })])) }),
        ...(q.choice && { toolChoice: q.choice[0] === '=' ? { type: 'tool', toolName: q.choice.slice(1) } : q.choice === 'any' ? 'required' : q.choice }),
        ...(q.schema && { output: Output.object({ schema: jsonSchema(q.schema) }) }), ...(q.think && { providerOptions: p.options }), ...(q.parallel === false && { providerOptions: p.one }),
      };
      if (!q.stream) { const r = await generateText(more); return answer(r, r); }
      let failed;
      const r = streamText({ ...more, onError: ({ error }) => { failed ??= error; } });
      const got = {};
      try {
        for await (const c of r.fullStream) { if (c.type === 'error') failed ??= c.error; if (c.type === 'abort') failed ??= new Error('stopped'); }
        for (const k of ['text', 'reasoningText', 'finishReason', 'toolCalls', 'usage', 'response']) got[k] = await r[k];
      } catch (e) { throw failed ?? e; }
      if (failed) throw failed;
      return answer(got, got);
    },
  };
}

function answer(r) {
  const u = r.usage, finish = r.finishReason?.unified ?? r.finishReason;
  return {
    text: r.text, think: r.reasoningText ?? '', native: r.response.messages, finish: { 'tool-calls': 'tool', 'content-filter': 'refuse', error: 'refuse', other: 'refuse' }[finish] ?? finish,
    calls: r.toolCalls.map((c) => ({ id: c.toolCallId, name: c.toolName, args: c.input })),
    usage: { in: u.inputTokens, out: u.outputTokens, total: u.totalTokens },
  };
}

async function objects(p, family) {
  const q = { model: p.model(model(family, 'schema')), schema: jsonSchema(SCHEMA), prompt: 'Where?', maxRetries: 0 };
  same((await generateObject(q)).object, VALUE, 'object');
  const r = streamObject({ ...q, onError: () => {} });
  let n = 0;
  for await (const _ of r.partialObjectStream) n++;
  same(await r.object, VALUE, 'streamed object'); must(n > 0, 'parts');
}

if (!SHORT && process.argv[1].endsWith('suite-ai.mjs')) {
  for (const [name, make] of Object.entries(providers)) {
    const p = await make();
    const families = name === 'azure' ? FAMILIES.filter((f) => ['openai', 'anthropic', 'gemini'].includes(f)) : FAMILIES;
    await run(driver(name, p), { families });
    for (const family of families) {
      const at = { sdk: 'ai ' + name, family };
      await check({ ...at, call: 'generateObject, streamObject' }, () => objects(p, family));
      if (p.embed && ['openai', 'gemini', 'cohere'].includes(family)) {
        await check({ ...at, call: 'embedMany' }, async () => {
          const r = await embedMany({ model: p.embed({ gemini: 'gemini/gemini-embedding-text', cohere: 'cohere/embed-v4.0' }[family] ?? model(family, 'text')), values: ['a', 'b'], maxRetries: 0 });
          same(r.embeddings.map((e) => e[0]), [0.125, 0.25], 'vectors');
        });
      }
      if (p.rerank && family === 'cohere') {
        await check({ ...at, call: 'rerank' }, async () => same((await rerank({ model: p.rerank('cohere/rerank-v3.5'), query: 'q', documents: ['a', 'b'], maxRetries: 0 })).ranking[0].originalIndex, 1, 'order'));
      }
    }
  }
}
