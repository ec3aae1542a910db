// Loaded before the tests. Mocha hands a rejection that nobody handles on to whoever else listens, and fails no test where
// nobody does; thrown from here it is an uncaught error, which fails the test that runs.

process.on('unhandledRejection', (reason) => {
  throw reason;
});
