"""How the forecasters are called and coloured, the same in all figures and tables."""

METHOD_NAMES = {
    "knn": "KNN",
    "knn_article": "KNN (article's)",
    "analog": "analog",
    "var": "VAR",
    "mlp": "MLP",
    "lstm": "LSTM",
    "joint": "joint",
    "persistence": "persistence",
    "constant_velocity": "constant velocity",
    "climatology": "climatology",
}
METHOD_COLOURS = {
    "knn": "#1f77b4",
    "knn_article": "#8ec5ea",
    "analog": "#17a589",
    "var": "#d62728",
    "mlp": "#ff9f1c",
    "lstm": "#8e44ad",
    "joint": "#e377c2",
    "persistence": "#555555",
    "constant_velocity": "#999999",
    "climatology": "#b8a06a",
}
