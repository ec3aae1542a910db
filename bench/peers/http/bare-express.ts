// The least that Express does for a request with JSON in it: `bare-express PORT` answers with what it was sent.
import express from 'express';

const app = express();
app.use(express.json());
app.post('/decide', (request, response) => {
  response.json(request.body);
});
app.listen(Number(process.argv[2]), '127.0.0.1');
