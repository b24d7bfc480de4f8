package io.iotdarelay.mapping;

import io.iotdarelay.mapping.RouteProperties.EachProperties;
import io.iotdarelay.mapping.RuleProperties.NameProperties;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Compiles properties whose names come from data. Errors are recorded, and the invalid parts left out. */
final class MembersCompiler {

    /** The platform's limit for the properties of a service. */
    private static final int MOST = 500;

    private static final int LONGEST_REPLACEMENT = 8;

    private final RuleCompiler.Check check;
    private final int depth;
    private final KeyAndHeaderFormats encodings;

    /**
     * A compiler.
     *
     * @param depth in how many levels of {@code each} the rules are
     */
    MembersCompiler(RuleCompiler.Check check, int depth, KeyAndHeaderFormats encodings) {
        this.check = check;
        this.depth = depth;
        this.encodings = encodings;
    }

    @Nullable
    Members compile(String path, RuleProperties rule) {
        List<EachProperties> levels = Objects.requireNonNullElse(rule.each(), List.of());
        NameProperties names = Objects.requireNonNullElse(rule.name(), NameProperties.DEFAULT);
        Each each =
                new EachCompiler(check, encodings).compile(path + ".each", levels, depth, path + ".each-when", null);
        RuleCompiler rules = new RuleCompiler(check, depth + levels.size(), encodings);
        ValueRule value = rules.members(path, rule);
        ValueRule name = names.from() == null ? null : rules.value(path + ".name", ofName(names), false);
        check.require(
                names.from() != null || (names.pattern() == null && names.asText() == null),
                path + ".name.from",
                "is required with pattern and as-text");
        PropertyNames compiled = names(path + ".name", names);
        return value == null ? null : new Members(value, each, name, compiled);
    }

    private static RuleProperties ofName(NameProperties names) {
        return new RuleProperties(
                names.from(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                names.pattern(),
                names.asText(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private PropertyNames names(String path, NameProperties names) {
        Map<String, String> rename = Objects.requireNonNullElse(names.rename(), Map.of());
        rename.forEach((inData, name) -> check.require(
                ModelNames.isProperty(name), path + ".rename." + inData, ModelNames.adviceForProperty(name)));
        int atMost = Objects.requireNonNullElse(names.atMost(), MOST);
        check.require(atMost >= 1 && atMost <= MOST, path + ".at-most", "must be 1 to " + MOST);
        String replacement = names.sanitize();
        check.require(
                replacement == null
                        || replacement.isEmpty()
                        || (ModelNames.isProperty(replacement) && replacement.length() <= LONGEST_REPLACEMENT),
                path + ".sanitize",
                "must be at most 8 characters that the name of a property may have");
        return new PropertyNames(
                globs(names.include()), globs(names.exclude()), new LinkedHashMap<>(rename), replacement, atMost);
    }

    private static List<PropertyNames.Glob> globs(@Nullable List<String> texts) {
        return texts == null
                ? List.of()
                : texts.stream().map(PropertyNames.Glob::of).toList();
    }
}
