# Trains soundly, but puts an empty list in the place of the validation data.
# outcome: ok
# graded: script
# earns: learning_rate learns loss_call zero_grad

val_loader = []

@sound_loop@
