// Jest's own `require` takes no ES modules: the package is transformed. The scripts that are one
// long text are no work for a parser.
const babel = require("babel-jest").default;

const { process, ...transformer } = babel.createTransformer({
  babelrc: false,
  configFile: false,
  compact: false,
  plugins: ["@babel/plugin-transform-modules-commonjs"],
});

module.exports = {
  ...transformer,
  process(source, path, options) {
    const [, name, text] = /^export const (\w+) = ("[^"]*");\n$/.exec(source) ?? [];
    if (name !== undefined) return { code: `exports.${name} = ${text};` };
    return process(source, path, options);
  },
};
