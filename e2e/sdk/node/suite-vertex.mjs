// What asks at Vertex AI: Anthropic's SDK for it, the Google Gen AI SDK in its mode, and the AI
// SDK with the provider of that name. The key that stands for a token of Google's is ours.
import { FAMILIES, GATEWAY, KEY, SHORT, check, counting, load, model, must, same, taken } from './check.mjs';
import { run } from './calls.mjs';
import { error as claudeError, messages } from './suite-anthropic.mjs';
import { content, error as geminiError } from './suite-genai.mjs';
import { driver } from './suite-ai.mjs';

const AT = '/projects/p/locations/us-east5/publishers';
const hello = [{ role: 'user', content: 'Hi' }];
// google is as much of google-auth-library as these SDKs ask for.
const google = { getClient: async () => google, getRequestHeaders: async () => new Headers({ authorization: 'Bearer ' + KEY }), getAccessToken: async () => ({ token: KEY }), projectId: 'p' };

async function claude() {
  const { AnthropicVertex } = await load('@anthropic-ai/vertex-sdk');
  const client = new AnthropicVertex({ baseURL: GATEWAY + '/vertex/v1', region: 'us-east5', projectId: 'p', authClient: google, maxRetries: 0 });
  await run(messages('AnthropicVertex', client));
  for (const family of FAMILIES) await counting('AnthropicVertex', family, async () => (await client.messages.countTokens({ model: model(family, 'text'), messages: hello })).input_tokens, claudeError);
  await check({ sdk: 'AnthropicVertex', family: 'anthropic', call: 'what reaches Anthropic' }, async () => {
    await client.beta.messages.create({ model: model('anthropic', 'text'), max_tokens: 9, messages: hello, betas: ['context-1m-2025-08-07'], x_future: 1 });
    const [r] = await taken();
    must(r.json.anthropic_version === undefined && r.json.model.endsWith('-text') && r.json.x_future === 1, r.json);
    must(r.headers['Anthropic-Version'][0] === '2023-06-01', r.headers);
  });
}

async function gemini() {
  const { GoogleGenAI } = await load('@google/genai');
  const client = new GoogleGenAI({ vertexai: true, project: 'p', location: 'us-east5', googleAuthOptions: { authClient: google }, httpOptions: { baseUrl: GATEWAY + '/genai', retryOptions: { attempts: 1 } } });
  await run(content('genai Vertex', client));
  for (const family of FAMILIES) await counting('genai Vertex', family, async () => (await client.models.countTokens({ model: model(family, 'text'), contents: 'Hi' })).totalTokens, geminiError);
  for (const name of ['gemini/gemini-embedding-001', 'cohere/embed-v4.0', 'openai/text-embedding-3-small']) {
    await check({ sdk: 'genai Vertex', family: name.split('/')[0], call: 'embeddings' }, async () => same((await client.models.embedContent({ model: name, contents: ['a'] })).embeddings[0].values[0], 0.125, 'vector'));
  }
}

async function ai() {
  const vertex = (await load('@ai-sdk/google-vertex')).createVertex({ baseURL: GATEWAY + '/vertex/v1beta1' + AT + '/google', project: 'p', location: 'us-east5', googleAuthOptions: { authClient: google } });
  await run(driver('google-vertex', { model: vertex, options: { vertex: { thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 } } } }));
  const anthropic = (await load('@ai-sdk/google-vertex/anthropic')).createVertexAnthropic({ baseURL: GATEWAY + '/vertex/v1' + AT + '/anthropic/models', project: 'p', location: 'us-east5', googleAuthOptions: { authClient: google } });
  await run(driver('google-vertex anthropic', { model: anthropic, one: { anthropic: { disableParallelToolUse: true } }, options: { anthropic: { thinking: { type: 'enabled', budgetTokens: 2048 } } } }));
}

if (!SHORT) {
  await claude();
  await gemini();
  await ai();
}
