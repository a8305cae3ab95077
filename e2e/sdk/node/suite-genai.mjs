// The Google Gen AI SDK: generateContent.
import { FAMILIES, GATEWAY, KEY, SHORT, check, counting, load, model, must, same, taken } from './check.mjs';
import { TEXT, run } from './calls.mjs';

const { GoogleGenAI, ApiError } = await load('@google/genai');
const client = new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: GATEWAY + '/genai', apiVersion: 'v1beta', retryOptions: { attempts: 1 } } });

export const error = (e) => ({ typed: e instanceof ApiError, status: e.status, message: e.message, requestId: /"requestId"|request_id/.test(e.message) || e.message.includes('standin') || e.status });

// content is the driver of a client for generateContent, at the Gemini API or at Vertex AI.
export const content = (sdk, client) => ({
  sdk, error, can: { choice: true, none: true, named: true, pdf: true, url: true, think: true, stop: true, noIDs: true, toolEndsAsStop: true },
  no: { oneCall: 'generateContent cannot forbid parallel calls' },
  ask: async (q) => {
    const body = {
      model: q.model,
      contents: q.turns.map((t) => (t.user ? { role: 'user', parts: [{ text: t.user }, ...(t.files ?? []).map((f) => (f.url ? { fileData: { fileUri: f.url, mimeType: f.type } } : { inlineData: { mimeType: f.type, data: f.data } }))] }
        : t.reply ? { role: 'model', parts: t.reply.native ?? [{ text: t.reply.text }] }
          : { role: 'user', parts: [...t.results].sort((a, b) => a.call.n - b.call.n).map((r) => ({ functionResponse: { id: r.call.id, name: r.call.name, response: { output: r.text } } })) })),
      config: {
        abortSignal: q.signal, systemInstruction: q.system,
        ...(q.tools.length && { tools: [{ functionDeclarations: q.tools.map((t) => ({ name: t.name, description: t.description, parametersJsonSchema: t.schema })) }] }),
        ...(q.choice && { toolConfig: { functionCallingConfig: q.choice[0] === '=' ? { mode: 'ANY', allowedFunctionNames: [q.choice.slice(1)] } : { mode: q.choice.toUpperCase() } } }),
        ...(q.schema && { responseMimeType: 'application/json', responseJsonSchema: q.schema }),
        ...(q.think && { thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 } }), ...(q.max && { maxOutputTokens: q.max }), ...(q.stop && { stopSequences: q.stop }),
      },
    };
    if (!q.stream) return answer([await client.models.generateContent(body)]);
    const chunks = [];
    for await (const c of await client.models.generateContentStream(body)) chunks.push(c);
    return answer(chunks);
  },
});

function answer(chunks) {
  const parts = chunks.flatMap((c) => c.candidates?.[0]?.content?.parts ?? []);
  const finish = chunks.map((c) => c.candidates?.[0]?.finishReason).filter(Boolean).at(-1);
  const u = chunks.map((c) => c.usageMetadata).filter(Boolean).at(-1);
  must(finish, 'the answer has no end');
  const calls = parts.filter((p) => p.functionCall).map((p, n) => ({ n, id: p.functionCall.id, name: p.functionCall.name, args: p.functionCall.args }));
  return {
    text: parts.filter((p) => p.text && !p.thought).map((p) => p.text).join(''), think: parts.filter((p) => p.thought).map((p) => p.text ?? '').join(''), native: parts, calls,
    finish: { STOP: 'stop', MAX_TOKENS: 'length', SAFETY: 'refuse', PROHIBITED_CONTENT: 'refuse' }[finish] ?? finish,
    usage: { in: u.promptTokenCount, out: u.candidatesTokenCount + (u.thoughtsTokenCount ?? 0), total: u.totalTokenCount, cached: u.cachedContentTokenCount ?? 0, thought: u.thoughtsTokenCount ?? 0 },
  };
}

if (!SHORT && process.argv[1].endsWith('suite-genai.mjs')) {
  await run(content('genai', client));
  for (const family of FAMILIES) {
    await check({ sdk: 'genai', family, call: 'chat helper' }, async () => {
      const chat = client.chats.create({ model: model(family, 'text') });
      same((await chat.sendMessage({ message: 'Hi' })).text, TEXT, 'text');
      same((await chat.sendMessage({ message: 'More' })).text, TEXT, 'text');
      same(chat.getHistory().length, 4, 'turns of the history');
    });
    if (!['anthropic', 'responses', 'bedrock'].includes(family)) {
      await check({ sdk: 'genai', family, call: 'embeddings' }, async () => {
        const r = await client.models.embedContent({ model: { gemini: 'gemini/gemini-embedding-text', cohere: 'cohere/embed-v4.0' }[family] ?? model(family, 'text'), contents: ['a', 'b'] });
        same(r.embeddings.map((e) => e.values[0]), [0.125, 0.25], 'vectors');
      });
    }
    await counting('genai', family, async () => (await client.models.countTokens({ model: model(family, 'text'), contents: 'Hi' })).totalTokens, error);
  }
  await check({ sdk: 'genai', call: 'models' }, async () => {
    const ids = [];
    for await (const m of await client.models.list()) ids.push(m.name);
    must(ids.some((n) => n?.endsWith('fast-gemini')), ids);
  });
  await check({ sdk: 'genai', call: 'model' }, async () => must((await client.models.get({ model: 'fast-gemini' })).name.endsWith('fast-gemini'), 'its name'));
  await check({ sdk: 'genai', family: 'gemini', call: 'unknown fields' }, async () => {
    await client.models.generateContent({ model: model('gemini', 'text'), contents: 'Hi', config: { httpOptions: { extraBody: { x_future: { a: 1 } } } } });
    same((await taken())[0].json.x_future, { a: 1 }, 'field at the provider');
  });
  await check({ sdk: 'genai', call: 'wrong key' }, async () => {
    const wrong = new GoogleGenAI({ apiKey: 'vk-wrong', httpOptions: { baseUrl: GATEWAY + '/genai' } });
    const e = await wrong.models.generateContent({ model: 'fast-gemini', contents: 'Hi' }).catch((e) => e);
    must(e instanceof ApiError && e.status === 401, e);
  });
}
