package io.iotdarelay.settings;

import jakarta.validation.Path;
import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import java.util.List;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.jspecify.annotations.Nullable;

/** Checks values against the Jakarta constraints of their record components. */
final class Constraints implements AutoCloseable {

    private final ValidatorFactory validators = Validation.byProvider(HibernateValidator.class)
            .configure()
            .ignoreXmlConfiguration()
            .messageInterpolator(new ParameterMessageInterpolator())
            .buildValidatorFactory();

    /**
     * What is wrong with a value.
     *
     * @param key the full name of the component's key
     */
    List<SettingsProblem> check(Class<?> type, String component, @Nullable Object value, String key) {
        return validators.getValidator().validateValue(type, component, value).stream()
                .map(violation -> new SettingsProblem(
                        key + element(violation.getPropertyPath()),
                        violation.getMessage() + ", not " + Requirements.text(violation.getInvalidValue())))
                .toList();
    }

    /** Which element of a list it is, if it is one. */
    private static String element(Path path) {
        String element = "";
        for (Path.Node node : path) {
            if (node.getIndex() != null) {
                element = "[" + node.getIndex() + "]";
            }
        }
        return element;
    }

    @Override
    public void close() {
        validators.close();
    }
}
