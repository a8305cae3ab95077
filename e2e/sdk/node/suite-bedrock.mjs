// The AWS SDK for Bedrock: Converse and InvokeModel, over HTTP/1.1 and over its own
// choice, which is HTTP/2 without TLS here.
import { FAMILIES, GATEWAY, KEY, SHORT, check, counting, load, model, must, same, taken } from './check.mjs';
import { TEXT, run } from './calls.mjs';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'; // of what Node the SDK will want next year
const { BedrockRuntimeClient, BedrockRuntimeServiceException, ConverseCommand, ConverseStreamCommand, InvokeModelCommand, InvokeModelWithResponseStreamCommand, CountTokensCommand } = await load('@aws-sdk/client-bedrock-runtime');
const { NodeHttpHandler } = await load('@smithy/node-http-handler');
// The virtual key is a bearer token, as AWS_BEARER_TOKEN_BEDROCK would be.
const made = (more) => new BedrockRuntimeClient({ region: 'us-east-1', endpoint: GATEWAY + '/bedrock', maxAttempts: 1, token: { token: KEY }, authSchemePreference: ['httpBearerAuth'], ...more });

const error = (e) => ({
  typed: e instanceof BedrockRuntimeServiceException && e.name.endsWith('Exception') && e.name !== 'Exception', status: e.$metadata?.httpStatusCode,
  requestId: e.$metadata?.requestId, message: `${e.name}: ${e.message}`,
});

function converse(sdk, client) {
  const file = (f) => (f.type === 'application/pdf' ? { document: { format: 'pdf', name: 'a', source: { bytes: Buffer.from(f.data, 'base64') } } }
    : { image: { format: 'png', source: { bytes: Buffer.from(f.data, 'base64') } } });
  return {
    sdk, error, can: { choice: true, named: true, pdf: true, think: true, stop: true },
    no: { none: 'Converse has no such choice', oneCall: 'Converse cannot forbid parallel calls', url: 'Converse takes no addresses but those of S3' },
    ask: async (q) => {
      const input = {
        modelId: q.model, ...(q.system && { system: [{ text: q.system }] }),
        messages: q.turns.map((t) => (t.user ? { role: 'user', content: [{ text: t.user }, ...(t.files ?? []).map(file)] }
          : t.reply ? { role: 'assistant', content: t.reply.native ?? [{ text: t.reply.text }] }
            : { role: 'user', content: t.results.map((r) => ({ toolResult: { toolUseId: r.call.id, content: [{ text: r.text }] } })) })),
        ...(q.tools.length && { toolConfig: { tools: q.tools.map((t) => ({ toolSpec: { name: t.name, description: t.description, inputSchema: { json: t.schema } } })),
          ...(q.choice && { toolChoice: q.choice[0] === '=' ? { tool: { name: q.choice.slice(1) } } : { [q.choice]: {} } }) } }),
        ...(q.schema && { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { name: 'a', schema: JSON.stringify(q.schema) } } } } }),
        ...(q.think && { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2048 } } }),
        inferenceConfig: { maxTokens: q.max ?? 4000, stopSequences: q.stop },
      };
      const options = { abortSignal: q.signal };
      return q.stream ? gather(await client.send(new ConverseStreamCommand(input), options)) : answer(await client.send(new ConverseCommand(input), options));
    },
  };
}

function answer(r) {
  const all = r.output.message.content, u = r.usage;
  must(r.stopReason && r.output.message.role === 'assistant', r);
  return {
    text: all.map((b) => b.text ?? b.citationsContent?.content?.map((c) => c.text).join('') ?? '').join(''), think: all.map((b) => b.reasoningContent?.reasoningText?.text ?? '').join(''), native: all,
    finish: { end_turn: 'stop', max_tokens: 'length', tool_use: 'tool', stop_sequence: 'sequence', content_filtered: 'refuse', guardrail_intervened: 'refuse' }[r.stopReason],
    calls: all.filter((b) => b.toolUse).map(({ toolUse: t }) => ({ id: t.toolUseId, name: t.name, args: t.input })),
    usage: { in: u.inputTokens + (u.cacheReadInputTokens ?? 0) + (u.cacheWriteInputTokens ?? 0), out: u.outputTokens, total: u.totalTokens, cached: u.cacheReadInputTokens ?? 0 },
  };
}

async function gather(r) {
  const blocks = [], message = {};
  let stop, usage;
  for await (const e of r.stream) {
    const bad = Object.entries(e).find(([k]) => k.endsWith('Exception'));
    if (bad) throw bad[1];
    message.role = e.messageStart?.role ?? message.role;
    stop = e.messageStop?.stopReason ?? stop;
    usage = e.metadata?.usage ?? usage;
    const at = e.contentBlockStart?.contentBlockIndex ?? e.contentBlockDelta?.contentBlockIndex;
    if (at === undefined) continue;
    const b = (blocks[at] ??= {}), d = e.contentBlockDelta?.delta;
    if (e.contentBlockStart?.start?.toolUse) b.toolUse = { ...e.contentBlockStart.start.toolUse, input: '' };
    if (d?.text !== undefined) b.text = (b.text ?? '') + d.text;
    if (d?.toolUse) b.toolUse.input += d.toolUse.input;
    if (d?.reasoningContent) {
      if (d.reasoningContent.redactedContent) b.reasoningContent = { redactedContent: d.reasoningContent.redactedContent };
      else {
        const t = ((b.reasoningContent ??= { reasoningText: { text: '' } }).reasoningText);
        t.text += d.reasoningContent.text ?? '';
        if (d.reasoningContent.signature) t.signature = (t.signature ?? '') + d.reasoningContent.signature;
      }
    }
  }
  must(usage, 'the stream has no metadata');
  for (const b of blocks) if (b.toolUse) b.toolUse.input = JSON.parse(b.toolUse.input || '{}');
  return answer({ output: { message: { ...message, content: blocks } }, stopReason: stop, usage });
}

const said = { anthropic_version: 'bedrock-2023-05-31', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };

async function invoke(client, family) {
  const r = await client.send(new InvokeModelCommand({ modelId: model(family, 'text'), contentType: 'application/json', body: JSON.stringify(said) }));
  same(JSON.parse(Buffer.from(r.body).toString()).content.map((b) => b.text).join(''), TEXT, 'text');
}

async function invokeStream(client, family) {
  const r = await client.send(new InvokeModelWithResponseStreamCommand({ modelId: model(family, 'text'), contentType: 'application/json', body: JSON.stringify(said) }));
  let text = '', last;
  for await (const e of r.body) { last = JSON.parse(Buffer.from(e.chunk.bytes).toString()); text += last.delta?.text ?? ''; }
  same([text, last.type], [TEXT, 'message_stop'], 'text and end');
}

if (!SHORT) {
  for (const [sdk, more] of [['bedrock', { requestHandler: new NodeHttpHandler() }], ['bedrock h2c', {}]]) {
    const client = made(more);
    await run(converse(sdk, client));
    for (const family of FAMILIES) {
      await check({ sdk, family, call: 'invoke' }, () => invoke(client, family));
      await check({ sdk, family, call: 'invoke', stream: true }, () => invokeStream(client, family));
    }
    for (const family of FAMILIES) await counting(sdk, family, async () => (await client.send(new CountTokensCommand({ modelId: model(family, 'text'), input: { converse: { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] } } }))).inputTokens, error);
    await check({ sdk, family: 'bedrock', call: 'titan embedding' }, async () => {
      const r = await client.send(new InvokeModelCommand({ modelId: 'bedrock/amazon.titan-embed-text-v2:0', body: JSON.stringify({ inputText: 'a', dimensions: 8 }) }));
      same(JSON.parse(Buffer.from(r.body).toString()).embedding.length, 8, 'dimensions');
    });
    await check({ sdk, family: 'bedrock', call: 'signed anew' }, async () => {
      await client.send(new ConverseCommand({ modelId: model('bedrock', 'text'), messages: [{ role: 'user', content: [{ text: 'Hi' }] }] }));
      const [r] = await taken();
      must(r.headers.Authorization[0].startsWith('AWS4-HMAC-SHA256 Credential=AKIDSTANDIN/'), r.headers);
    });
    await check({ sdk, call: 'wrong key' }, async () => {
      const e = await made({ ...more, token: { token: 'vk-wrong' } }).send(new ConverseCommand({ modelId: 'fast-gemini', messages: [{ role: 'user', content: [{ text: 'Hi' }] }] })).catch((e) => e);
      must(e instanceof BedrockRuntimeServiceException && [401, 403].includes(e.$metadata.httpStatusCode), e);
    });
    client.destroy();
  }
}
