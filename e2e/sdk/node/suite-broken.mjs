// Streams that break, seen with the SDKs of OpenAI and Anthropic: the SDK has to throw its own
// error with a type and a message in it, after a piece of the answer and before any end of one.
import { FAMILIES, GATEWAY, KEY, check, load, model, must } from './check.mjs';
import { TEXT } from './calls.mjs';

const { default: OpenAI } = await load('openai');
const { default: Anthropic } = await load('@anthropic-ai/sdk');
const openai = new OpenAI({ baseURL: GATEWAY + '/v1', apiKey: KEY, maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: GATEWAY + '/anthropic', apiKey: KEY, maxRetries: 0 });
const hello = [{ role: 'user', content: 'Hi' }];

// A form makes the stream of a model, tells text and end of its events, and reads its errors:
// {type, message}, or nothing if the SDK has no such error.
const FORMS = {
  'openai chat': {
    open: (model) => openai.chat.completions.create({ model, messages: hello, stream: true }),
    text: (e) => e.choices[0]?.delta.content, end: (e) => e.choices[0]?.finish_reason,
    error: (e) => e instanceof OpenAI.APIError && { type: e.type, message: e.error?.message },
  },
  // Its errors are events, which this SDK hands on.
  'openai responses': {
    open: (model) => openai.responses.create({ model, input: 'Hi', stream: true }),
    text: (e) => e.type === 'response.output_text.delta' && e.delta, end: (e) => ['response.completed', 'response.incomplete'].includes(e.type),
    fault: (e) => (e.type === 'error' ? { type: e.code, message: e.message } : e.type === 'response.failed' && { type: e.response.error.code, message: e.response.error.message }),
    error: (e) => e instanceof OpenAI.APIError && { type: e.type ?? e.code, message: e.error?.message },
  },
  'anthropic': {
    open: (model) => anthropic.messages.create({ model, max_tokens: 100, messages: hello, stream: true }),
    text: (e) => e.delta?.text, end: (e) => e.type === 'message_stop' || e.delta?.stop_reason,
    error: (e) => e instanceof Anthropic.APIError && { type: e.error?.error?.type, message: e.error?.error?.message },
  },
};

async function broken(form, model) {
  let text = '', fault;
  try {
    for await (const e of await form.open(model)) {
      must(!fault, `after its error the stream goes on: ${JSON.stringify(e)}`);
      must(!form.end(e), `it is taken for an answer: ${JSON.stringify(e)}`);
      text += form.text(e) || '';
      fault = form.fault?.(e) || fault;
    }
    must(fault, `the stream ends in silence after ${JSON.stringify(text)}`);
  } catch (e) {
    fault = form.error(e);
    if (!fault) throw e;
  }
  must(fault.type && fault.message, fault);
  must(TEXT.startsWith(text), `what came is no beginning of the answer: ${JSON.stringify(text)}`);
}

for (const [sdk, form] of Object.entries(FORMS)) {
  for (const family of FAMILIES) {
    for (const scenario of ['cut', 'cut-clean', 'error-stream']) {
      await check({ sdk: 'broken streams', family, call: sdk + ', ' + scenario, stream: true }, () => broken(form, model(family, scenario)));
    }
  }
}
