console.log(JSON.stringify({ sdk: 'openai', family: 'openai', call: 'text' }));
