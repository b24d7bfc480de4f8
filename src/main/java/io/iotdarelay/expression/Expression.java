package io.iotdarelay.expression;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A compiled expression of JSONata. Any thread may evaluate it.
 *
 * <p>Numbers of the tree keep their digits; what is computed of them has fifteen, as doubles do.
 */
public final class Expression {

    private static final int MAX_LENGTH = 10_000;

    /** Levels of objects and arrays in a value. */
    private static final int MAX_LEVELS = 100;

    private final Jsonata compiled;

    /** Those of the current evaluation, or of the last one. */
    private Bounds bounds = new Bounds();

    private Expression(Jsonata compiled) {
        this.compiled = compiled;
        Functions.register(compiled, () -> bounds);
    }

    /** Compiles; throws {@link IllegalArgumentException} that says what is wrong. */
    public static Expression compile(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("an expression has " + MAX_LENGTH + " characters at most");
        }
        String unavailable = Functions.unavailable(text);
        if (unavailable != null) {
            throw new IllegalArgumentException("the function $" + unavailable + " is not available");
        }
        try {
            Jsonata compiled = Jsonata.jsonata(text);
            return new Expression(compiled);
        } catch (JException e) {
            throw new IllegalArgumentException(
                    "is not an expression of JSONata: " + e.getMessage() + " (character " + e.getLocation() + ")", e);
        } catch (RuntimeException | StackOverflowError e) {
            throw new IllegalArgumentException("is not an expression of JSONata", e);
        }
    }

    /**
     * Evaluates.
     *
     * @param tree what the expression begins with
     * @param variables further trees, by the names that they have behind a {@code $}
     */
    public Evaluation evaluate(JsonNode tree, Map<String, JsonNode> variables) {
        return evaluate(tree, variables, steps -> {});
    }

    /**
     * Evaluates.
     *
     * @param tree what the expression begins with
     * @param variables further trees, by the names that they have behind a {@code $}
     * @param taken is told how many steps it has taken, whatever it has come to
     */
    public synchronized Evaluation evaluate(JsonNode tree, Map<String, JsonNode> variables, IntConsumer taken) {
        bounds = new Bounds();
        try {
            Jsonata.Frame frame = compiled.createFrame();
            variables.forEach((name, value) -> bind(frame, name, Trees.toValue(value)));
            frame.setEvaluateEntryCallback((step, input, scope) -> bounds.enter());
            frame.setEvaluateExitCallback((step, input, scope, result) -> bounds.leave(result));
            Object value = compiled.evaluate(Trees.toValue(tree), frame);
            bounds.weigh(value);
            return value == null ? new Evaluation.Nothing() : new Evaluation.Value(Trees.toTree(value, MAX_LEVELS));
        } catch (RuntimeException | StackOverflowError e) {
            return new Evaluation.Failed(why(e));
        } finally {
            taken.accept(bounds.steps());
        }
    }

    private static void bind(Jsonata.Frame frame, String name, @Nullable Object value) {
        if (value != null) {
            frame.bind(name, value);
        }
    }

    /** The library's messages quote values. */
    private static String why(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ExceededException exceeded) {
                return String.valueOf(exceeded.getMessage());
            }
            if (cause instanceof JException known) {
                return "error " + known.getError() + " of JSONata at character " + known.getLocation();
            }
        }
        return failure instanceof StackOverflowError
                ? "it is nested too deeply"
                : "a defect of the library, " + failure.getClass().getSimpleName();
    }
}
