// What a provider was sent, read out of each family's format into one form.

const json = (s) => (typeof s === 'string' ? JSON.parse(s) : s);
const flat = (c) => (typeof c === 'string' ? c : (c ?? []).map((p) => p.text ?? (p.json && JSON.stringify(p.json)) ?? p.document?.data ?? '').map((t) => (typeof t === 'string' ? t : JSON.stringify(t))).join(''));

// pairs lists [name, arguments, result] of each call that has one, calls in their order.
export function pairs(family, body) {
  const calls = [], results = [];
  const chat = (m) => {
    for (const c of m.tool_calls ?? []) calls.push({ id: c.id, name: c.function.name, args: json(c.function.arguments) });
    if (m.role === 'tool') results.push({ id: m.tool_call_id, text: flat(m.content) });
  };
  const read = {
    openai: () => body.messages.forEach(chat),
    cohere: () => body.messages.forEach(chat),
    responses: () => body.input.forEach((i) => {
      if (i.type === 'function_call') calls.push({ id: i.call_id, name: i.name, args: json(i.arguments) });
      if (i.type === 'function_call_output') results.push({ id: i.call_id, text: flat(i.output) });
    }),
    anthropic: () => body.messages.forEach((m) => Array.isArray(m.content) && m.content.forEach((b) => {
      if (b.type === 'tool_use') calls.push({ id: b.id, name: b.name, args: b.input });
      if (b.type === 'tool_result') results.push({ id: b.tool_use_id, text: flat(b.content) });
    })),
    bedrock: () => body.messages.forEach((m) => m.content.forEach((b) => {
      if (b.toolUse) calls.push({ id: b.toolUse.toolUseId, name: b.toolUse.name, args: b.toolUse.input });
      if (b.toolResult) results.push({ id: b.toolResult.toolUseId, text: flat(b.toolResult.content) });
    })),
    gemini: () => body.contents.forEach((c) => {
      c.parts.forEach((p) => {
        if (p.functionCall) calls.push({ id: p.functionCall.id, name: p.functionCall.name, args: p.functionCall.args });
        if (p.functionResponse) results.push({ id: p.functionResponse.id, name: p.functionResponse.name, text: JSON.stringify(p.functionResponse.response) });
      });
    }),
  };
  read[family]();
  const used = new Set();
  return calls.map((c) => {
    const r = results.find((r) => !used.has(r) && (c.id && r.id ? r.id === c.id : r.name === c.name));
    used.add(r);
    return [c.name, c.args, r?.text];
  });
}

// choice is auto, any, none, or a tool's name.
export function choice(family, body) {
  const word = { required: 'any', REQUIRED: 'any', ANY: 'any', NONE: 'none', AUTO: 'auto' };
  const read = {
    openai: () => { const c = body.tool_choice; return c?.function?.name ?? c; },
    responses: () => { const c = body.tool_choice; return c?.name ?? c; },
    cohere: () => body.tool_choice,
    anthropic: () => body.tool_choice?.name ?? body.tool_choice?.type,
    bedrock: () => { const c = body.toolConfig?.toolChoice; return body.toolConfig ? c?.tool?.name ?? Object.keys(c ?? {})[0] : 'none'; },
    gemini: () => { const c = body.toolConfig?.functionCallingConfig; return c?.allowedFunctionNames?.[0] ?? c?.mode; },
  };
  const c = read[family]();
  return word[c] ?? c ?? 'auto';
}

// system is the instruction above the conversation.
export const system = (family, body) => ({
  openai: () => flat(body.messages.filter((m) => m.role === 'system' || m.role === 'developer').map((m) => flat(m.content)).join('')),
  cohere: () => body.messages.filter((m) => m.role === 'system').map((m) => flat(m.content)).join(''),
  responses: () => body.instructions ?? body.input.filter((m) => m.role === 'system' || m.role === 'developer').map((m) => flat(m.content)).join(''),
  anthropic: () => flat(body.system),
  bedrock: () => flat(body.system),
  gemini: () => flat(body.systemInstruction?.parts),
})[family]();

// turns lists [role, text] of the conversation; role is user or model.
export function turns(family, body) {
  const list = { openai: body.messages, cohere: body.messages, anthropic: body.messages, bedrock: body.messages, responses: body.input, gemini: body.contents }[family];
  return list.filter((m) => ['user', 'assistant', 'model'].includes(m.role)).map((m) => [m.role === 'user' ? 'user' : 'model', flat(m.content ?? m.parts)]);
}

// schema is the one that the answer shall fit. Some SDKs force a tool instead, whose
// arguments are the answer.
export const schema = (family, body) => ({
  openai: () => body.response_format?.json_schema?.schema ?? body.tools?.[0]?.function.parameters,
  responses: () => body.text?.format?.schema ?? body.tools?.[0]?.parameters,
  anthropic: () => (body.output_config?.format ?? body.output_format)?.schema ?? body.tools?.[0]?.input_schema,
  gemini: () => body.generationConfig?.responseJsonSchema ?? body.generationConfig?.responseSchema ?? ((f) => f?.parametersJsonSchema ?? f?.parameters)(body.tools?.[0]?.functionDeclarations[0]),
  bedrock: () => json(body.outputConfig?.textFormat?.structure?.jsonSchema?.schema ?? 'null') ?? body.additionalModelRequestFields?.output_config?.format?.schema ?? body.toolConfig?.tools?.[0]?.toolSpec?.inputSchema?.json,
  cohere: () => body.response_format?.json_schema ?? body.response_format?.schema ?? body.tools?.[0]?.function.parameters,
})[family]();
