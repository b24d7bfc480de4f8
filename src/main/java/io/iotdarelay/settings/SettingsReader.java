package io.iotdarelay.settings;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.origin.Origin;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.util.unit.DataSize;

/** Reads settings, and continues after an error, so that all errors can be reported at once. */
public final class SettingsReader implements AutoCloseable {

    private final List<ConfigurationPropertySource> sources = new ArrayList<>();
    private final Binder binder;
    private final Set<ConfigurationPropertyName> known = new HashSet<>();
    private final Set<SettingsProblem> problems = new LinkedHashSet<>();
    private final Constraints constraints = new Constraints();

    public SettingsReader(ConfigurableEnvironment environment) {
        MutablePropertySources exact = new MutablePropertySources();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (!ConfigurationPropertySources.isAttachedConfigurationPropertySource(source)) {
                exact.addLast(
                        source instanceof EnumerablePropertySource<?> named && ExactPropertyNames.isNeededFor(named)
                                ? new ExactPropertyNames(named)
                                : source);
            }
        }
        ConfigurationPropertySources.from(exact).forEach(sources::add);
        binder = new Binder(sources, new PropertySourcesPlaceholdersResolver(environment));
    }

    /** One room's settings, under the prefix of its {@link ConfigurationProperties}; empty where they are wrong. */
    public <T> Optional<T> read(Class<T> type) {
        int before = problems.size();
        Optional<T> settings = readAsFarAsPossible(type);
        return problems.size() == before ? settings : Optional.empty();
    }

    /** The same, but without the invalid parts; empty only if nothing can be bound. */
    public <T> Optional<T> readAsFarAsPossible(Class<T> type) {
        String prefix = Objects.requireNonNull(type.getAnnotation(ConfigurationProperties.class))
                .value();
        return Optional.ofNullable(binder.bindOrCreate(prefix, Bindable.of(type), new Collecting(type, prefix)));
    }

    /**
     * Adds problems found by deeper checks, or by checks across several rooms' settings. A key that is known to be
     * wrong already counts as missing there, which is not reported again.
     */
    public void add(List<SettingsProblem> found) {
        Set<String> wrong = problems.stream().map(SettingsProblem::path).collect(Collectors.toSet());
        found.stream().filter(problem -> !wrong.contains(problem.path())).forEach(problems::add);
    }

    /** Throws {@link InvalidSettingsException} if anything was wrong, or anything under {@code prefix} is unknown. */
    public void check(String prefix) {
        UnboundElementsSourceFilter checked = new UnboundElementsSourceFilter();
        for (ConfigurationPropertySource source : sources) {
            if (source instanceof IterableConfigurationPropertySource iterable && checked.apply(source)) {
                iterable.stream()
                        .filter(ConfigurationPropertyName.of(prefix)::isAncestorOf)
                        .filter(name -> !known.contains(name))
                        .forEach(name -> unknown(name, source.getConfigurationProperty(name)));
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(List.copyOf(problems));
        }
    }

    /** Where a key is configured, or the first one below it; otherwise where what it is a part of is. */
    public Optional<Origin> origin(String path) {
        for (String key = path; !key.isEmpty(); key = parent(key)) {
            for (ConfigurationPropertySource source : sources) {
                Optional<Origin> origin = origin(source, key);
                if (origin.isPresent()) {
                    return origin;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Origin> origin(ConfigurationPropertySource source, String key) {
        if (!(source instanceof IterableConfigurationPropertySource iterable)) {
            return Optional.empty();
        }
        return iterable.stream()
                .filter(name -> isAtOrBelow(name.toString(), key))
                .map(source::getConfigurationProperty)
                .filter(Objects::nonNull)
                .map(ConfigurationProperty::getOrigin)
                .filter(Objects::nonNull)
                .findFirst();
    }

    private static boolean isAtOrBelow(String name, String key) {
        return name.startsWith(key)
                && (name.length() == key.length()
                        || name.charAt(key.length()) == '.'
                        || name.charAt(key.length()) == '[');
    }

    private static String parent(String key) {
        return key.substring(0, Math.max(0, Math.max(key.lastIndexOf('.'), key.lastIndexOf('['))));
    }

    @Override
    public void close() {
        constraints.close();
    }

    private void unknown(ConfigurationPropertyName name, @Nullable ConfigurationProperty property) {
        String suggestion = suggestion(name);
        known.add(name);
        problems.add(new SettingsProblem(name.toString(), "unknown property" + suggestion + origin(property)));
    }

    /** The sibling key with the most similar name. */
    private String suggestion(ConfigurationPropertyName name) {
        Set<String> siblings = known.stream()
                .filter(other -> !other.isEmpty() && other.getParent().equals(name.getParent()))
                .map(other -> other.getLastElement(ConfigurationPropertyName.Form.DASHED))
                .collect(Collectors.toSet());
        String own = name.getLastElement(ConfigurationPropertyName.Form.DASHED);
        siblings.remove(own);
        return Suggestion.among(own, siblings);
    }

    private static String origin(@Nullable ConfigurationProperty property) {
        return property == null || property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")";
    }

    private static String wanted(Class<?> type) {
        if (type.isEnum()) {
            return "must be one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(constant ->
                                    constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                            .collect(Collectors.joining(", "));
        }
        if (type == Duration.class) {
            return "must be a duration such as 500ms, 5s, 10m";
        }
        if (type == DataSize.class) {
            return "must be a size such as 64KB, 10MB";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "must be true or false";
        }
        return "must be " + (type.isPrimitive() || Number.class.isAssignableFrom(type) ? "a number" : "valid");
    }

    /** Records every failure and continues as if the value were missing. */
    private final class Collecting extends AbstractBindHandler {

        private final Class<?> type;
        private final ConfigurationPropertyName prefix;

        Collecting(Class<?> type, String prefix) {
            this.type = type;
            this.prefix = ConfigurationPropertyName.of(prefix);
        }

        @Override
        public <T> @Nullable Bindable<T> onStart(
                ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
            known.add(name);
            return target;
        }

        @Override
        public Object onSuccess(
                ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
            if (prefix.isParentOf(name)) {
                String key = name.getLastElement(ConfigurationPropertyName.Form.DASHED);
                Arrays.stream(type.getRecordComponents())
                        .map(RecordComponent::getName)
                        .filter(component ->
                                DataObjectPropertyName.toDashedForm(component).equals(key))
                        .forEach(component ->
                                problems.addAll(constraints.check(type, component, result, name.toString())));
            }
            return result;
        }

        @Override
        public @Nullable Object onFailure(
                ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error) {
            Throwable cause = deepest(error);
            switch (cause) {
                case InvalidSettingsException invalid -> problems.addAll(invalid.problems());
                case UnboundConfigurationPropertiesException unbound ->
                    unbound.getUnboundProperties().forEach(property -> unknown(property.getName(), property));
                default -> {
                    ConfigurationProperty property = context.getConfigurationProperty();
                    Class<?> type = cause instanceof ConversionFailedException conversion
                            ? conversion.getTargetType().getType()
                            : Objects.requireNonNullElse(target.getType().resolve(), Object.class);
                    String given = property == null ? "" : ", not '" + property.getValue() + "'" + origin(property);
                    problems.add(new SettingsProblem(name.toString(), wanted(type) + given));
                }
            }
            return null;
        }

        /** The most specific failure. */
        private static Throwable deepest(Throwable error) {
            for (Throwable cause = error; cause != null; cause = cause.getCause()) {
                if (cause instanceof InvalidSettingsException
                        || cause instanceof UnboundConfigurationPropertiesException
                        || cause instanceof ConversionFailedException) {
                    return cause;
                }
            }
            return error;
        }
    }
}
