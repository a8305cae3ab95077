// Conversations over WebSockets: OpenAI's Realtime API and Google's Live API. Messages pass to a
// provider of the client's own format as they are; any other is refused, with its name.
import { FAMILIES, KEY, SHORT, check, load, model, must, same, taken } from './check.mjs';
import { TEXT } from './calls.mjs';

const { default: OpenAI } = await load('openai');
const { OpenAIRealtimeWS } = await load('openai/realtime/ws');
const { WebSocket } = await load('ws');
const { GoogleGenAI } = await load('@google/genai');

const { SECURE } = process.env; // the SDKs open WebSockets in TLS only
const SOUND = Buffer.from(Uint8Array.from({ length: 10_240 }, (_, i) => i & 255));
const CITY = { type: 'object', properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } }, required: ['city', 'unit'], additionalProperties: false };
const hi = { type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] } };
const openai = new OpenAI({ baseURL: SECURE + '/v1', apiKey: KEY, maxRetries: 0 });

// session opens one, and returns a function that sends events and gives back what comes up to
// the one of that type.
async function session(name) {
  const rt = await OpenAIRealtimeWS.create(openai, { model: name });
  const heard = [];
  let wake = () => {}, failed, closed;
  rt.on('event', (e) => { heard.push(e); wake(); });
  rt.on('error', (e) => { failed = e; wake(); });
  rt.socket.on('close', (code, reason) => { closed = { code, reason: String(reason) }; wake(); });
  rt.socket.on('unexpected-response', (_, res) => { let b = ''; res.on('data', (d) => { b += d; }); res.on('end', () => { failed = Object.assign(new Error(b), { status: res.statusCode }); wake(); }); });
  const until = async (type) => {
    for (let i = 0; ; i++) {
      while (i >= heard.length && !failed && !closed) await new Promise((ok) => { wake = ok; });
      if (i >= heard.length) { if (closed && !failed) return closed; throw failed; }
      if (heard[i].type === type) return heard.splice(0, i + 1);
    }
  };
  return {
    rt, until,
    ask: async (events, type) => { for (const e of events) rt.send(e); return until(type); },
  };
}

const words = (events) => events.filter((e) => e.type === 'response.output_text.delta').map((e) => e.delta).join('');

const CALLS = {
  text: ['text', async (s) => {
    const got = await s.ask([hi, { type: 'response.create' }], 'response.done');
    same(words(got), TEXT, 'text');
    same([got.at(-1).response.usage.input_tokens, got.at(-1).response.usage.output_tokens], [37, 11], 'usage');
    same(words(await s.ask([{ type: 'response.create' }], 'response.done')), TEXT, 'a second turn');
  }],
  tool: ['tool', async (s) => {
    await s.ask([{ type: 'session.update', session: { type: 'realtime', tools: [{ type: 'function', name: 'get_weather', parameters: CITY }] } }], 'session.updated');
    const call = (await s.ask([hi, { type: 'response.create' }], 'response.done')).at(-1).response.output[0];
    same([call.name, JSON.parse(call.arguments)], ['get_weather', { city: 'Paris', unit: 'celsius' }], 'call');
    const got = await s.ask([{ type: 'conversation.item.create', item: { type: 'function_call_output', call_id: call.call_id, output: 'sunny' } }, { type: 'response.create' }], 'response.done');
    same(words(got), 'The tool says: sunny', 'text');
  }],
  sound: ['text', async (s) => {
    await s.ask([{ type: 'input_audio_buffer.append', audio: SOUND.toString('base64') }, { type: 'input_audio_buffer.commit' }], 'input_audio_buffer.committed');
    same(words(await s.ask([{ type: 'response.create' }], 'response.done')), `I hear ${SOUND.length} bytes`, 'text');
  }],
};

const refusing = (family, own) => (own.includes(family) ? undefined : (e) => ({ typed: e.message?.includes('cannot be carried out by ' + family), status: e.status ?? 400, message: e.message }));

async function openaiAt(family) {
  for (const [call, [scenario, f]] of Object.entries(CALLS)) {
    await check({ sdk: 'openai realtime', family, call, stream: true }, async () => {
      const s = await session(model(family, scenario));
      try {
        await s.until('session.created');
        await f(s);
        same((await taken()).map((q) => q.path), ['/v1/realtime'], 'at the provider');
      } finally { s.rt.close(); }
    }, refusing(family, ['openai']));
  }
}

async function openaiOwn() {
  for (const [scenario, want] of [['cut', 1011], ['closes', 4001]]) {
    await check({ sdk: 'openai realtime', family: 'openai', call: scenario, stream: true }, async () => {
      const s = await session(model('openai', scenario));
      await s.until('session.created');
      same((await s.ask([{ type: 'response.create' }], 'never')).code, want, 'close code');
    });
  }
  await check({ sdk: 'openai realtime', family: 'openai', call: 'key in the subprotocol', stream: true }, async () => {
    const c = new WebSocket(`${SECURE.replace('http', 'ws')}/v1/realtime?model=${model('openai', 'text')}`, ['realtime', 'openai-insecure-api-key.' + KEY]);
    const first = await new Promise((ok, no) => { c.on('message', ok); c.on('error', no); });
    same([JSON.parse(first).type, c.protocol], ['session.created', 'realtime'], 'the first event');
    c.close();
  });
}

async function liveAt(family) {
  const client = new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: SECURE + '/genai', apiVersion: 'v1beta' } });
  const at = async (scenario, config, f) => {
    const heard = [];
    let wake = () => {}, closed;
    const s = await client.live.connect({
      model: model(family, scenario), config: { responseModalities: ['TEXT'], ...config },
      callbacks: { onmessage: (m) => { heard.push(m); wake(); }, onclose: (e) => { closed = e; wake(); }, onerror: (e) => { closed = e; wake(); } },
    });
    const until = async (want) => {
      for (let i = 0; ; i++) {
        while (i >= heard.length && !closed) await new Promise((ok) => { wake = ok; });
        if (i >= heard.length) throw new Error(`closed with ${closed.code} ${closed.reason}`);
        if (want(heard[i])) return heard.splice(0, i + 1);
      }
    };
    try { await f(s, until); } finally { s.close(); }
    const [q] = await taken();
    must(!q.raw.includes('key='), 'no key in the query at the provider');
  };
  const turn = (m) => m.serverContent?.turnComplete;
  const said = (all) => all.flatMap((m) => m.serverContent?.modelTurn?.parts ?? []).map((p) => p.text ?? '').join('');
  const one = (call, scenario, config, f) => check({ sdk: 'genai live', family, call, stream: true }, () => at(scenario, config, f), refusing(family, ['gemini']));
  await one('text', 'text', {}, async (s, until) => {
    s.sendClientContent({ turns: 'Hi', turnComplete: true });
    const all = await until(turn);
    same(said(all), TEXT, 'text');
    same(all.at(-1).usageMetadata.responseTokenCount, 11, 'usage');
  });
  await one('tool', 'tool', { tools: [{ functionDeclarations: [{ name: 'get_weather', parametersJsonSchema: CITY }] }] }, async (s, until) => {
    s.sendClientContent({ turns: 'Hi', turnComplete: true });
    const call = (await until((m) => m.toolCall)).at(-1).toolCall.functionCalls[0];
    same([call.name, call.args], ['get_weather', { city: 'Paris', unit: 'celsius' }], 'call');
    s.sendToolResponse({ functionResponses: [{ id: call.id, name: call.name, response: { output: 'sunny' } }] });
    must(said(await until(turn)).includes('sunny'), 'the result in the answer');
  });
  await one('sound', 'text', {}, async (s, until) => {
    s.sendRealtimeInput({ audio: { data: SOUND.toString('base64'), mimeType: 'audio/pcm;rate=16000' } });
    s.sendRealtimeInput({ audioStreamEnd: true });
    same(said(await until(turn)), `I hear ${SOUND.length} bytes`, 'text');
  });
}

if (!SHORT) {
  for (const family of FAMILIES) {
    await openaiAt(family);
    await liveAt(family);
  }
  await openaiOwn();
}
