package io.iotdarelay.operate;

import io.iotdarelay.auth.TokenProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Health says nothing about a store of tokens where there is none. */
final class TokensAreStored implements Condition {

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        return Binder.get(context.getEnvironment())
                .bind("relay.tokens.store", String.class)
                .orElse("")
                .equalsIgnoreCase(TokenProperties.Store.TOPIC.name());
    }
}
