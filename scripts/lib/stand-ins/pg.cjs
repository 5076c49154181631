// In the bundle of @probity/nest this stands for pg, which only an application with a database has.
// Not by its name, for the bundler would look for it.
const load = require;

class NoDriver {
  constructor() {
    throw new Error('the option database of ProbityModule needs the package pg: npm install pg');
  }
}

try {
  module.exports = load('pg');
} catch (error) {
  if (error.code !== 'MODULE_NOT_FOUND') throw error;
  module.exports = { Client: NoDriver, Pool: NoDriver };
}
