package io.iotdarelay.mapping;

import io.iotdarelay.mapping.Elements.Element;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Finds the elements of an array, or the members of an object; of several levels those of each element of the level before.
 *
 * @param description the selectors, as they were written
 * @param levels at least one
 * @param when which elements are taken; all without
 */
record Each(
        String description, List<Level> levels, @Nullable Condition when) {

    /** The most elements that are looked at, over all levels: the most reports that a record can be allowed to become. */
    static final int MOST = 10_000;

    private static final int LONGEST_PATH = 200;

    /**
     * One level.
     *
     * @param from an array or an object
     * @param expression the selector, as it was written
     * @param optional whether it may be missing
     */
    record Level(Selector from, String expression, boolean optional) {

        /** Where its array or object is. */
        private String path(Scope scope) {
            return switch (from) {
                case Selector.Relative relative -> scope.out(relative.out()).path() + relative.steps();
                case Selector.Path path -> path.expression();
                default -> "";
            };
        }
    }

    /** What there is to say where there are too many elements. */
    static final String TOO_MANY = "each: more than " + MOST + " elements in one record";

    /**
     * What a walk finds.
     *
     * @param elements those that are taken, and levels that cannot be entered
     * @param shape tells how many elements each array has, and which members each object has: as long as it stays, so do the
     *     elements' ordinals. Of one array it is the size.
     */
    record Found(List<Element> elements, int shape) {}

    /** The elements; nothing where there are too many. */
    @Nullable
    Found of(Scope scope) {
        Walk walk = new Walk(this, scope.work());
        walk.enter(scope, 0);
        return walk.isTooLong() ? null : new Found(walk.taken, walk.shape());
    }

    /** One walk through a record. */
    private static final class Walk {
        private static final long MIXING = 0x9E3779B97F4A7C15L;

        private final Each each;
        private final Work work;
        private final List<Element> taken = new ArrayList<>();
        private int ordinal;
        private int looked;
        private long shape;

        Walk(Each each, Work work) {
            this.each = each;
            this.work = work;
        }

        boolean isTooLong() {
            return looked > MOST || work.isExceeded();
        }

        int shape() {
            return (int) (shape ^ shape >>> Integer.SIZE);
        }

        /** One number more, in this order. */
        private void mix(int number) {
            shape = Long.rotateLeft(shape * MIXING, Integer.SIZE - 3) ^ number;
        }

        /** Depths tell a level that ends from one that goes on. */
        private void mix(int size, int depth) {
            mix(size * each.levels.size() + depth);
        }

        void enter(Scope scope, int depth) {
            if (depth == each.levels.size()) {
                take(scope);
                return;
            }
            Level level = each.levels.get(depth);
            String path = brief(level.path(scope));
            JsonNode node = level.from.node(scope);
            if (node.isArray()) {
                mix(node.size(), depth);
                for (int i = 0; i < node.size() && !isTooLong(); i++) {
                    look(path);
                    enter(scope.element(node.get(i), null, i, path + '/' + i), depth + 1);
                }
            } else if (node.isObject()) {
                mix(node.size(), depth);
                int i = 0;
                for (Map.Entry<String, JsonNode> member : node.properties()) {
                    if (isTooLong()) {
                        return;
                    }
                    look(path);
                    String name = member.getKey();
                    mix(name.hashCode());
                    enter(scope.element(member.getValue(), name, i++, path + '/' + escaped(brief(name))), depth + 1);
                }
            } else if (isNothing(node) && level.optional) {
                mix(0, depth);
            } else {
                mix(1, depth);
                fail(scope, path, node, level);
            }
        }

        /** The names of members are as long as a record wishes, and each element below repeats them. */
        private static String brief(String pathOrName) {
            return pathOrName.length() > LONGEST_PATH ? pathOrName.substring(0, LONGEST_PATH) + "..." : pathOrName;
        }

        private void look(String path) {
            looked++;
            work.add(Work.ELEMENT + path.length());
        }

        private void take(Scope element) {
            if (each.when == null || each.when.holds(element)) {
                taken.add(new Element(ordinal, element, null));
            }
            ordinal++;
        }

        private void fail(Scope scope, String path, JsonNode node, Level level) {
            String why = "each: "
                    + (isNothing(node)
                            ? level.expression + " finds nothing"
                            : "expected an array or an object, got " + Scalars.kind(node));
            taken.add(new Element(ordinal++, scope.element(node, null, 0, path), why));
        }

        private static boolean isNothing(JsonNode node) {
            return node.isMissingNode() || node.isNull();
        }

        private static String escaped(String name) {
            return name.replace("~", "~0").replace("/", "~1");
        }
    }
}
