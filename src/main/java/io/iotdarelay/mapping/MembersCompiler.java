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

    private final CompilerContext context;

    MembersCompiler(CompilerContext context) {
        this.context = context;
    }

    @Nullable
    Members compile(String path, RuleProperties rule) {
        List<EachProperties> levels = Objects.requireNonNullElse(rule.each(), List.of());
        NameProperties names = Objects.requireNonNullElse(rule.name(), NameProperties.DEFAULT);
        Each each = new EachCompiler(context).compile(path + ".each", levels, null);
        RuleCompiler rules = new RuleCompiler(context.inside(levels.size()));
        ValueRule value = rules.members(path, rule);
        ValueRule name = names.from() == null ? null : rules.name(path + ".name", names.from(), names);
        context.require(
                names.from() != null || (names.pattern() == null && names.asText() == null),
                path + ".name.from",
                "is required with pattern and as-text");
        PropertyNames compiled = names(path + ".name", names);
        return value == null ? null : new Members(value, each, name, compiled);
    }

    private PropertyNames names(String path, NameProperties names) {
        Map<String, String> rename = Objects.requireNonNullElse(names.rename(), Map.of());
        rename.forEach((inData, name) -> {
            String where = path + ".rename." + inData;
            context.require(ModelNames.isProperty(name), where, ModelNames.adviceForProperty(name));
            context.requireNoTruthValue(name, where);
        });
        int atMost = Objects.requireNonNullElse(names.atMost(), MOST);
        context.require(atMost >= 1 && atMost <= MOST, path + ".at-most", "must be 1 to " + MOST);
        String replacement = names.sanitize();
        context.require(
                replacement == null
                        || replacement.isEmpty()
                        || (ModelNames.isProperty(replacement) && replacement.length() <= LONGEST_REPLACEMENT),
                path + ".sanitize",
                "must be at most 8 characters that the name of a property may have");
        return new PropertyNames(
                globs(path + ".include", names.include()),
                globs(path + ".exclude", names.exclude()),
                new LinkedHashMap<>(rename),
                replacement,
                atMost);
    }

    private List<PropertyNames.Glob> globs(String path, @Nullable List<String> texts) {
        List<String> given = Objects.requireNonNullElse(texts, List.of());
        given.forEach(name -> context.requireNoTruthValue(name, path));
        return given.stream().map(PropertyNames.Glob::of).toList();
    }
}
