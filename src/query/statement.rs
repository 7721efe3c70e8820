//! The SQL of a query file as tokens and as one parsed statement, with parameters replaced by typed literals.
//!
//! The engine could bind named parameters itself, after planning. It then plans an unbound parameter as type Null,
//! never checks the type of a named value, and cannot bind at all inside table functions and window frames. Replacing
//! the node `$name` in the *parsed* statement by `cast('...' as type)` has none of these gaps and is as safe: a value
//! sits in a string node and is never read as SQL.

use std::ops::ControlFlow;

use datafusion::error::DataFusionError;
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast::{self, Expr, Value as Literal, visit_expressions_mut};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer, TokenizerError};

use super::bind::Bound;

/// A `$name` in the SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Used {
    /// The name, without the `$`.
    pub name: String,
    /// The line, from 1.
    pub line: usize,
}

/// The parameters that the SQL uses, in order, repeats included. Text in quotes and comments does not count.
pub(super) fn used_parameters(sql: &str) -> Result<Vec<Used>, TokenizerError> {
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location()?;
    let used = tokens.into_iter().filter_map(|token| match token.token {
        Token::Placeholder(name) => Some(Used {
            name: name.strip_prefix('$').unwrap_or(&name).to_owned(),
            line: usize::try_from(token.span.start.line).unwrap_or(1),
        }),
        _ => None,
    });
    Ok(used.collect())
}

/// Why a text is not one `select`.
#[derive(Debug)]
pub(super) enum NotOneQuery {
    /// The text does not parse.
    Syntax(DataFusionError),
    /// There is no statement.
    Nothing,
    /// There is more than one; the line on which the second begins.
    Several(usize),
    /// The statement changes, describes or controls something.
    NotSelect,
}

/// The one `select` of a text.
pub(super) fn parse_query(sql: &str) -> Result<ast::Statement, NotOneQuery> {
    let mut statements = DFParserBuilder::new(sql)
        .with_dialect(&GenericDialect {})
        .build()
        .and_then(|mut parser| parser.parse_statements())
        .map_err(NotOneQuery::Syntax)?;
    if statements.len() > 1 {
        return Err(NotOneQuery::Several(second_statement_line(sql)));
    }
    match statements.pop_front() {
        None => Err(NotOneQuery::Nothing),
        Some(Statement::Statement(statement)) if is_select(&statement) => Ok(*statement),
        Some(_) => Err(NotOneQuery::NotSelect),
    }
}

fn is_select(statement: &ast::Statement) -> bool {
    let ast::Statement::Query(query) = statement else {
        return false;
    };
    reads_only(&query.body)
}

fn reads_only(body: &ast::SetExpr) -> bool {
    match body {
        ast::SetExpr::Select(select) => select.into.is_none(),
        ast::SetExpr::Query(query) => reads_only(&query.body),
        ast::SetExpr::SetOperation { left, right, .. } => reads_only(left) && reads_only(right),
        ast::SetExpr::Values(_) | ast::SetExpr::Table(_) => true,
        _ => false,
    }
}

/// The line of the first token after the first `;`.
fn second_statement_line(sql: &str) -> usize {
    let tokens = Tokenizer::new(&GenericDialect {}, sql)
        .tokenize_with_location()
        .unwrap_or_default();
    tokens
        .iter()
        .skip_while(|token| token.token != Token::SemiColon)
        .find(|token| !matches!(token.token, Token::SemiColon | Token::Whitespace(_)))
        .and_then(|token| usize::try_from(token.span.start.line).ok())
        .unwrap_or(1)
}

/// Replaces every `$name` by the literal of its value; gives the names that have none, whose places become a plain null.
pub(super) fn bind(statement: &mut ast::Statement, bound: &Bound) -> Vec<String> {
    let mut unbound = Vec::new();
    let flow: ControlFlow<()> = visit_expressions_mut(statement, |expr| {
        if let Some(name) = placeholder(expr) {
            match bound.values.get(&name) {
                Some((kind, value)) => *expr = kind.literal(value),
                None => {
                    unbound.push(name);
                    *expr = Expr::Value(Literal::Null.into());
                }
            }
        }
        ControlFlow::Continue(())
    });
    debug_assert!(flow.is_continue());
    unbound
}

fn placeholder(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Value(value) => match &value.value {
            Literal::Placeholder(name) => Some(name.strip_prefix('$').unwrap_or(name).to_owned()),
            _ => None,
        },
        _ => None,
    }
}
