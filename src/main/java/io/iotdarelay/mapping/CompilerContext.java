package io.iotdarelay.mapping;

import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the compilers of rules share.
 *
 * @param check records problems
 * @param formats how keys and headers are written
 * @param depth in how many levels of {@code each} the rules are
 */
record CompilerContext(RuleCompiler.Check check, KeyAndHeaderFormats formats, int depth) {

    /** How YAML reads on, off, yes and no: hardly the intended names. */
    static final Set<String> TRUTH_VALUES = Set.of("true", "false");

    /** Records a problem unless the condition holds. */
    void require(boolean holds, String path, String message) {
        check.require(holds, path, message);
    }

    /** Records a problem if a name is what YAML makes of a word such as {@code on}. */
    void requireNoTruthValue(String name, String path) {
        require(
                !TRUTH_VALUES.contains(name),
                path,
                "YAML reads words such as on, off, yes or no as " + name + ": quote the name");
    }

    /** The context of rules within so many more levels of {@code each}. */
    CompilerContext inside(int levels) {
        return new CompilerContext(check, formats, depth + levels);
    }

    /** Compiles a selector. If there is an error, it is recorded, and there is no selector. */
    @Nullable
    Selector selector(String path, String text, Function<String, ? extends Selector> parser) {
        try {
            Selector selector = parser.apply(text).in(formats);
            require(selector.depth() <= depth, path, Selector.tooDeep(text, depth));
            return selector;
        } catch (IllegalArgumentException e) {
            require(false, path, String.valueOf(e.getMessage()));
            return null;
        }
    }
}
