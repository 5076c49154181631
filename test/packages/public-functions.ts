import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface PublicFunction {
  readonly name: string;
  /** What its comment shows, each example with what it needs. */
  readonly examples: readonly string[];
}

/** The functions that `entry` exports, decorators and static methods among them, and classes that have an example. */
export function publicFunctions(entry: string): readonly PublicFunction[] {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, ROOT);
  const file = join(ROOT, entry);
  const program = ts.createProgram([file], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${entry} exports nothing`);
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const declaration = symbol.valueDeclaration;
    if (declaration === undefined) return [];
    if (ts.isClassDeclaration(declaration)) {
      const own = { name: exported.name, examples: examplesOf(declaration) };
      const methods = declaration.members
        .filter(ts.isMethodDeclaration)
        .filter((member) => ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static)
        .map((member) => ({
          name: `${exported.name}.${member.name.getText()}`,
          examples: examplesOf(member),
        }));
      return own.examples.length > 0 ? [own, ...methods] : methods;
    }
    const type = checker.getTypeOfSymbolAtLocation(symbol, declaration);
    return type.getCallSignatures().length > 0
      ? [{ name: exported.name, examples: examplesOf(commented(declaration)) }]
      : [];
  });
}

/** A constant's comment stands before the whole statement. */
function commented(node: ts.Node): ts.Node {
  return ts.isVariableDeclaration(node) ? node.parent.parent : node;
}

/** Read from the comment's text: an example has decorators, which TypeScript takes for tags. */
function examplesOf(node: ts.Node): readonly string[] {
  const text = node.getSourceFile().text;
  const comments = ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [];
  return comments.flatMap(({ pos, end }) => {
    const plain = text.slice(pos, end).replace(/^[ \t]*\*[ \t]?/gm, '');
    return [...plain.matchAll(/@example[^\n]*\n```ts\n([\s\S]*?)\n[ \t]*```/g)].map(
      (match) => match[1] ?? '',
    );
  });
}
