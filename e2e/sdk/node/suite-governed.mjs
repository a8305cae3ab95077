// What the SDKs make of a gateway that refuses: a key that nobody knows, one that has expired, one that may not use the
// model, one without money, one that was too fast. Each has to throw its own error of that status with our sentence in
// it, and, left to its own idea of retries, at once: who has to wait an hour is not to sleep in the middle of a call.
// Also what a key may use, and that tokens are counted for a key without money.
import { GATEWAY, KEY, SHORT, check, load, must, same, taken } from './check.mjs';

const hello = [{ role: 'user', content: 'Hi' }];
const all = async (stream) => { for await (const _ of await stream); };
const named = (key) => KEY.replace('clients', key);

// The status that the calls of a key get, and the words in the SDK's error.
const REFUSALS = {
  nobody: [401, 'is unknown'],
  expired: [403, 'key "expired" has expired'],
  narrow: [403, 'key "narrow" may not use model'],
  poor: [402, 'budget of key "poor" has $0.000001 left'],
  hasty: [429, 'key "hasty" has used its 1 requests an hour'],
};

if (!SHORT) {
  const { default: OpenAI } = await load('openai');
  const { default: Anthropic } = await load('@anthropic-ai/sdk');
  const { GoogleGenAI, ApiError } = await load('@google/genai');
  const { CohereClientV2, CohereError } = await load('cohere-ai');
  const { APICallError, generateText, streamText } = await load('ai');
  const { createOpenAI } = await load('@ai-sdk/openai');
  const { createAnthropic } = await load('@ai-sdk/anthropic');

  const openai = (key) => new OpenAI({ baseURL: GATEWAY + '/v1', apiKey: named(key) });
  const anthropic = (key) => new Anthropic({ baseURL: GATEWAY + '/anthropic', apiKey: named(key) });
  const bearer = (key) => new Anthropic({ baseURL: GATEWAY + '/anthropic', authToken: named(key), apiKey: null });
  const google = (key) => new GoogleGenAI({ apiKey: named(key), httpOptions: { baseUrl: GATEWAY + '/genai', apiVersion: 'v1beta' } });
  const cohere = (key) => new CohereClientV2({ token: named(key), environment: GATEWAY + '/cohere', baseUrl: GATEWAY + '/cohere', maxRetries: 0 }); // it sleeps a minute for whatever says an hour
  const aiOpenai = (key) => createOpenAI({ baseURL: GATEWAY + '/v1', apiKey: named(key) });
  const aiAnthropic = (key) => createAnthropic({ baseURL: GATEWAY + '/anthropic/v1', apiKey: named(key) });
  const once = { maxRetries: 0 }; // it looks at no header but Retry-After, and asks again at once if that is too long for it
  const failing = async (s) => { for await (const p of s.fullStream) if (p.type === 'error') throw p.error; };

  const CALLS = {
    'openai chat': [openai, 'openai', (c, model) => c.chat.completions.create({ model, messages: hello })],
    'openai chat stream': [openai, 'openai', (c, model) => all(c.chat.completions.create({ model, messages: hello, stream: true }))],
    'openai responses': [openai, 'openai', (c, model) => c.responses.create({ model, input: 'Hi' })],
    'openai responses stream': [openai, 'openai', (c, model) => all(c.responses.create({ model, input: 'Hi', stream: true }))],
    'openai embeddings': [openai, 'openai', (c, model) => c.embeddings.create({ model, input: 'Hi' })],
    'anthropic': [anthropic, 'anthropic', (c, model) => c.messages.create({ model, max_tokens: 20, messages: hello })],
    'anthropic stream': [anthropic, 'anthropic', (c, model) => c.messages.stream({ model, max_tokens: 20, messages: hello }).finalMessage()],
    'anthropic with a token': [bearer, 'anthropic', (c, model) => c.messages.create({ model, max_tokens: 20, messages: hello })],
    'genai': [google, 'gemini', (c, model) => c.models.generateContent({ model, contents: 'Hi' })],
    'genai stream': [google, 'gemini', async (c, model) => all(c.models.generateContentStream({ model, contents: 'Hi' }))],
    'genai embeddings': [google, 'gemini', (c, model) => c.models.embedContent({ model, contents: 'Hi' })],
    'cohere': [cohere, 'cohere', (c, model) => c.chat({ model, messages: hello })],
    'cohere stream': [cohere, 'cohere', async (c, model) => all(c.chatStream({ model, messages: hello }))],
    'cohere rerank': [cohere, 'cohere', (c, model) => c.rerank({ model, query: 'Hi', documents: ['a'] })],
    'ai openai': [aiOpenai, 'openai', (c, model) => generateText({ model: c(model), prompt: 'Hi', ...once })],
    'ai openai stream': [aiOpenai, 'openai', (c, model) => failing(streamText({ model: c.chat(model), prompt: 'Hi', onError: () => {}, ...once }))],
    'ai anthropic': [aiAnthropic, 'anthropic', (c, model) => generateText({ model: c(model), prompt: 'Hi', ...once })],
  };
  const typed = (e) => e instanceof OpenAI.APIError || e instanceof Anthropic.APIError || e instanceof ApiError || e instanceof CohereError || APICallError.isInstance(e);
  const status = (e) => e.status ?? e.statusCode;
  const words = (e) => `${e.message} ${JSON.stringify(e.body ?? '')}`.replaceAll('\\"', '"');

  for (const [call, [make, family, ask]] of Object.entries(CALLS)) {
    for (const [key, [want, sentence]] of Object.entries(REFUSALS)) {
      await check({ sdk: 'governed', family, call: `${call}, ${key}`, stream: call.endsWith('stream') }, async () => {
        // Aliases are what a narrow key may use; it asks for another name.
        const model = key === 'narrow' ? family + '/some-model' : 'fast-' + family;
        if (key === 'hasty') { // uses the limit up
          await openai(key).responses.inputTokens.count({ model: 'fast-openai', input: 'Hi' }).catch((e) => must(e.status === 429, e));
          await taken();
        }
        const begun = Date.now();
        const e = await ask(make(key), model).then(() => undefined, (e) => e);
        must(e, 'it is answered');
        if (!typed(e)) throw e;
        same(status(e), want, 'status');
        must(words(e).includes(sentence), `${sentence} in ${words(e)}`);
        must(Date.now() - begun < 10_000, `the SDK gave up after ${Date.now() - begun} ms`);
        same((await taken()).length, 0, 'requests at the provider');
      });
    }
  }

  const NARROW = ['anthropic', 'bedrock', 'cohere', 'gemini', 'openai'].map((f) => 'fast-' + f);
  const gathered = async (page, name) => { const out = []; for await (const m of await page) out.push(name(m)); return out; };
  const plain = (m) => m.name.replace(/^models\//, '');
  const LISTS = {
    'openai models': [openai, 'openai', (c) => gathered(c.models.list(), (m) => m.id), async (c, m) => (await c.models.retrieve(m)).id],
    'anthropic models': [anthropic, 'anthropic', (c) => gathered(c.models.list({ limit: 2 }), (m) => m.id), async (c, m) => (await c.models.retrieve(m)).id],
    'genai models': [google, 'gemini', (c) => gathered(c.models.list({ config: { pageSize: 2 } }), plain), async (c, model) => plain(await c.models.get({ model }))],
    'cohere models': [cohere, 'cohere', async (c) => (await c.models.list({ pageSize: 2 })).models.map((m) => m.name), async (c, m) => (await c.models.get(m)).name],
  };
  for (const [call, [make, family, listed, shown]] of Object.entries(LISTS)) {
    await check({ sdk: 'governed', family, call }, async () => {
      const c = make('narrow');
      same(await listed(c), NARROW, 'the list');
      same(await shown(c, 'fast-openai'), 'fast-openai', 'one model');
      const e = await shown(c, 'only-openai').catch((e) => e);
      must(typed(e) && status(e) === 404 && words(e).includes('does not exist here, or this key may not use it'), e);
      same((await taken()).length, 0, 'requests at the provider');
    });
  }

  await check({ sdk: 'governed', family: '', call: 'tokens without money' }, async () => {
    same((await openai('poor').responses.inputTokens.count({ model: 'fast-openai', input: 'Hi' })).input_tokens, 42, "OpenAI's");
    same((await anthropic('poor').messages.countTokens({ model: 'fast-anthropic', messages: hello })).input_tokens, 42, "Anthropic's");
    same((await google('poor').models.countTokens({ model: 'fast-gemini', contents: 'Hi' })).totalTokens, 42, "Google's");
  });
}
